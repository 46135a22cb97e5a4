"""Who held a role before roles were asked for and approved: told as registered, since then."""

from django.db import migrations

STAFF = {"instructor", "supervisor", "operator", "ca-officer", "auditor", "support"}
BY = "system:before"


def tell(apps, schema_editor):
    account_model = apps.get_model("identities", "Account")
    holding_model = apps.get_model("identities", "RoleHolding")
    holding_model.objects.bulk_create(
        holding_model(
            account_id=account.pk,
            role=role,
            since=account.created_at,
            given_by=BY,
            approved_by=BY,
        )
        for account in account_model.objects.exclude(roles=[]).iterator()
        for role in STAFF.intersection(account.roles)
    )


class Migration(migrations.Migration):
    dependencies = [("identities", "0006_staff_roles")]
    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]

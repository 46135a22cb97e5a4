"""The group roles of PostgreSQL; after each `migrate` they get their rights (see apps.py)."""

from django.db import migrations

from guichet.database import grants


def make(apps, schema_editor):
    grants.make_roles(schema_editor.connection)


def lift(apps, schema_editor):
    grants.lift_guards(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("authority", "0007_signing_queue")]
    operations = [migrations.RunPython(make, lift)]

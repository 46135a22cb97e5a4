"""EST enrolments (RFC 7030)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("automation", "0003_acme")]

    operations = [
        migrations.CreateModel(
            name="EstEnrolment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account", models.UUIDField()),
                ("digest", models.CharField(max_length=64)),
                ("credential", models.UUIDField(null=True)),
                ("order_number", models.PositiveBigIntegerField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "digest"), name="one_enrolment_per_request"
                    )
                ],
            },
        ),
    ]

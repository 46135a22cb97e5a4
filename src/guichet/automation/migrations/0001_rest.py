"""What the REST API remembers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("identities", "0005_machine_accounts")]
    operations = [
        migrations.CreateModel(
            name="CallWindow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("bucket", models.CharField(max_length=80, unique=True)),
                ("number", models.BigIntegerField()),
                ("given", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("actor_ref", models.CharField(max_length=80)),
                ("key", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField(db_index=True)),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("content_type", models.CharField(blank=True, default="", max_length=80)),
                ("is_kept", models.BooleanField(default=True)),
                ("body", models.BinaryField(default=bytes)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("actor_ref", "key"), name="one_answer_per_key"
                    )
                ],
            },
        ),
    ]

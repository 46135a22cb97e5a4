"""Rights remember who suspended them and why they were closed; purged dossiers leave a stub."""

from django.db import migrations, models

from guichet.habilitations.overlaps import forbid_overlaps_again


class Migration(migrations.Migration):
    dependencies = [("habilitations", "0003_rights_never_overlap")]
    operations = [
        migrations.CreateModel(
            name="PurgedDossier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(unique=True)),
                ("state", models.CharField(max_length=20)),
                ("created_at", models.DateTimeField()),
                ("filed_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("purged_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField("right", "closed_at", models.DateTimeField(null=True)),
        migrations.AddField("right", "closing", models.CharField(blank=True, max_length=500)),
        migrations.AddField(
            "right", "suspended_by_staff", models.BooleanField(default=False)
        ),
        # SQLite makes the table anew to add a column, and loses its triggers.
        migrations.RunPython(
            lambda apps, editor: forbid_overlaps_again(editor.connection),
            migrations.RunPython.noop,
        ),
    ]

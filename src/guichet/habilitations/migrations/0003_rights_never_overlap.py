"""Overlapping rights are refused by the database."""

from django.db import migrations

from guichet.habilitations.overlaps import allow_overlaps, forbid_overlaps


class Migration(migrations.Migration):
    dependencies = [("habilitations", "0002_dossiers")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: forbid_overlaps(editor.connection),
            lambda apps, editor: allow_overlaps(editor.connection),
        )
    ]

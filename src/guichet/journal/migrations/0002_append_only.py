"""Entries may be neither changed nor deleted; the chain starts at its head row."""

from django.db import migrations

from guichet.journal.chain import GENESIS
from guichet.journal.triggers import allow_changes, forbid_every_change


def forbid(apps, schema_editor):
    apps.get_model("journal", "Head").objects.get_or_create(
        pk=1, defaults={"seq": 0, "digest": GENESIS}
    )
    forbid_every_change(schema_editor.connection)


def allow(apps, schema_editor):
    allow_changes(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]

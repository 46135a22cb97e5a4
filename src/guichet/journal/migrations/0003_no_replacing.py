"""SQLite's REPLACE may not remove an entry either."""

from django.db import migrations

from guichet.journal.triggers import forbid_every_change


def forbid(apps, schema_editor):
    forbid_every_change(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_append_only")]
    operations = [migrations.RunPython(forbid, migrations.RunPython.noop)]

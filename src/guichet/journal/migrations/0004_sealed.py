"""What entries tell of people is sealed, and may be erased; entries written before stay as they are.

Columns are added in place, with a default of the database: at once however many entries there are,
and the version before goes on recording beside them.
"""

from django.db import migrations, models

from guichet.journal.triggers import allow_changes, forbid_changes, forbid_every_change

LENGTHS = {"sealed_actor": 64, "sealed_content": 64, "actor_salt": 32, "content_salt": 32}


def forbid(apps, schema_editor):
    forbid_changes(schema_editor.connection)


def allow(apps, schema_editor):
    allow_changes(schema_editor.connection)


def forbid_as_before(apps, schema_editor):
    forbid_every_change(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_no_replacing")]
    operations = [
        migrations.RunPython(migrations.RunPython.noop, forbid_as_before),
        *(
            migrations.RunSQL(
                f"ALTER TABLE journal_entry ADD COLUMN {name} varchar({length}) DEFAULT '' NOT NULL",
                f"ALTER TABLE journal_entry DROP COLUMN {name}",
                state_operations=[
                    migrations.AddField(
                        "entry",
                        name,
                        models.CharField(max_length=length, default="", db_default=""),
                    )
                ],
            )
            for name, length in LENGTHS.items()
        ),
        migrations.RunPython(forbid, allow),
    ]

"""Rights carried over or held by delegation say which dossiers stand behind them."""

from django.db import migrations, models

from guichet.habilitations.overlaps import forbid_overlaps_again


class Migration(migrations.Migration):
    dependencies = [("habilitations", "0010_agreements")]
    operations = [
        migrations.AddField(
            "right",
            "stands_on",
            models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        # SQLite makes the table anew to add a column, and loses its triggers.
        migrations.RunPython(
            lambda apps, editor: forbid_overlaps_again(editor.connection),
            migrations.RunPython.noop,
        ),
    ]

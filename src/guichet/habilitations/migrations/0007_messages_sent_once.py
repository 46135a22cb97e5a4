"""A message form sent twice makes one message."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("habilitations", "0006_delegations_open_once")]
    operations = [
        migrations.AddField("message", "token", models.UUIDField(null=True)),
        migrations.AddConstraint(
            "message",
            models.UniqueConstraint(
                fields=["dossier", "author_id", "token"], name="one_message_per_sending"
            ),
        ),
    ]

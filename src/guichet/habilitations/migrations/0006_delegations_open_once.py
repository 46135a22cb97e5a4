"""A delegation remembers when it opened rights."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("habilitations", "0005_examinations")]
    operations = [migrations.AddField("delegation", "opened_at", models.DateTimeField(null=True))]

"""What the REST API remembers."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = [("identities", "0005_machine_accounts")]
    operations = []

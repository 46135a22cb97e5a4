"""ACME accounts, orders and authorizations (RFC 8555)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("automation", "0002_webhooks")]
    operations = []

"""Webhooks and what was delivered to them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("automation", "0001_rest")]
    operations = []

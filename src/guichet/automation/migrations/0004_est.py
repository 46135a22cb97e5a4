"""EST enrolments that wait (RFC 7030)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("automation", "0003_acme")]
    operations = []

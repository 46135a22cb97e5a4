from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0002_keys_of_orders'),
    ]

    operations = []

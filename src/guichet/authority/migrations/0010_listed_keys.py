from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authority', '0009_recovery'),
    ]

    operations = [
        migrations.AddField(
            model_name='burntkey',
            name='reason',
            field=models.CharField(default='sent', max_length=20),
        ),
        migrations.AddField(
            model_name='burntkey',
            name='source',
            field=models.CharField(blank=True, max_length=200),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authority', '0012_queue_acts'),
    ]

    operations = [
        migrations.AddField(
            model_name='certificate',
            name='sha256',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='certificate',
            name='sha1',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
    ]

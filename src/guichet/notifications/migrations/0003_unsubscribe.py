from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0002_encloses'),
    ]

    operations = [
        migrations.AddField(
            model_name='outboxmail',
            name='unsubscribe',
            field=models.CharField(blank=True, max_length=300),
        ),
    ]

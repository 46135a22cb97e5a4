from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authority', '0010_listed_keys'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='signingrequest',
            index=models.Index(fields=['state', '-settled_at'], name='authority_request_state'),
        ),
        migrations.AddIndex(
            model_name='signingrequest',
            index=models.Index(fields=['spki_sha256'], name='authority_request_key'),
        ),
    ]

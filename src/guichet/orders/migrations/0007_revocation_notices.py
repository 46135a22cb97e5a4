import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0006_proofs_and_editors'),
    ]

    operations = [
        migrations.CreateModel(
            name='RevocationNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('incident', models.CharField(max_length=32)),
                ('at', models.DateTimeField()),
                ('told_at', models.DateTimeField(null=True)),
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='revocation_notice', to='orders.order')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('told_at', None)), fields=['incident', 'at'], name='revocation_to_tell')],
            },
        ),
    ]

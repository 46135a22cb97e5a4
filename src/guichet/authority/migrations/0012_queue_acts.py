import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authority', '0011_signing_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='QueueAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=10)),
                ('asked_by', models.CharField(max_length=120)),
                ('asked_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('refused', models.CharField(blank=True, max_length=40)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='authority.signingrequest')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('done_at', None)), fields=('request',), name='authority_one_open_act')],
            },
        ),
    ]

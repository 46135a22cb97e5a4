from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authority', '0008_authority_lives'),
    ]

    operations = [
        migrations.CreateModel(
            name='Recovery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(default='found', max_length=10)),
                ('backup', models.CharField(max_length=200)),
                ('backup_at', models.DateTimeField()),
                ('restored_at', models.DateTimeField()),
                ('journal_seq', models.BigIntegerField()),
                ('journal_digest', models.CharField(max_length=64)),
                ('aside', models.CharField(blank=True, max_length=500)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('confirmed_by', models.CharField(blank=True, max_length=120)),
                ('findings', models.JSONField(default=dict)),
            ],
        ),
        migrations.AddConstraint(
            model_name='recovery',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'found')), fields=('state',), name='authority_one_recovery'),
        ),
    ]

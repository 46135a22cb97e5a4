import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authority', '0003_keys_renewed'),
    ]

    operations = [
        migrations.CreateModel(
            name='CrlScope',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shard', models.PositiveIntegerField(default=0)),
                ('pki_base', models.CharField(blank=True, max_length=200)),
                ('planned', models.BigIntegerField(default=0)),
                ('floor', models.BigIntegerField(default=0)),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='authority.certificationauthority')),
            ],
        ),
        migrations.CreateModel(
            name='CrlPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveIntegerField()),
                ('octets', models.BinaryField()),
                ('crl', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='authority.crl')),
            ],
        ),
        migrations.AddField(
            model_name='signingrequest',
            name='crl_shard',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='certificate',
            name='changed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='certificate',
            name='crl_entry',
            field=models.BinaryField(default=b''),
        ),
        migrations.AddField(
            model_name='certificate',
            name='crl_shard',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='certificate',
            name='revocation_index',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='crl',
            name='base_number',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='crl',
            name='kind',
            field=models.CharField(default='full', max_length=5),
        ),
        migrations.AddField(
            model_name='crl',
            name='shard',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='crl',
            name='entries',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='crl',
            name='size',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='crl',
            name='sha256',
            field=models.CharField(max_length=64, null=True),
        ),
    ]

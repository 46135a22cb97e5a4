"""Generations and states of authorities, and the certificates that cross hierarchies."""

import django.db.models.deletion
from cryptography import x509
from django.db import migrations, models

from guichet.x509.certificate import serial_hex


def first_generations(apps, schema_editor):
    """Every authority that there is is the first of its series; it says its certificate's serial."""
    for row in apps.get_model('authority', 'CertificationAuthority').objects.all():
        row.series = row.code
        row.serial_hex = serial_hex(x509.load_der_x509_certificate(bytes(row.der)).serial_number)
        row.save(update_fields=['series', 'serial_hex'])


class Migration(migrations.Migration):

    dependencies = [
        ('authority', '0007_signing_queue'),
    ]

    operations = [
        migrations.AddField(
            model_name='certificationauthority',
            name='generation',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='certificationauthority',
            name='serial_hex',
            field=models.CharField(default='', max_length=59),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='certificationauthority',
            name='series',
            field=models.CharField(default='', max_length=40),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='certificationauthority',
            name='state',
            field=models.CharField(default='active', max_length=10),
        ),
        migrations.RunPython(first_generations, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='certificationauthority',
            constraint=models.UniqueConstraint(fields=('series', 'generation'), name='authority_generation'),
        ),
        migrations.CreateModel(
            name='CrossCertificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField()),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='crosses', to='authority.certificationauthority')),
                ('certificate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='authority.certificate')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authority.certificationauthority')),
            ],
        ),
        migrations.AddConstraint(
            model_name='crosscertificate',
            constraint=models.UniqueConstraint(fields=('authority', 'issuer'), name='authority_one_cross'),
        ),
    ]

import hashlib

from django.db import migrations, models

CHUNK = 1000


def fingerprint(apps, schema_editor):
    """Certificates stored until now; what is issued meanwhile is left to the next signer.

    In batches, each a transaction of its own: the table of a million rows is never locked whole.
    """
    certificates = apps.get_model('authority', 'Certificate').objects
    last = 0
    while True:
        wanting = certificates.filter(pk__gt=last, sha256='').exclude(der=b'').order_by('pk')
        rows = list(wanting.only('pk', 'der')[:CHUNK])
        if not rows:
            return
        for row in rows:
            der = bytes(row.der)
            row.sha256 = hashlib.sha256(der).hexdigest()
            row.sha1 = hashlib.sha1(der, usedforsecurity=False).hexdigest()
        certificates.bulk_update(rows, ['sha256', 'sha1'])
        last = rows[-1].pk


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('authority', '0013_fingerprints'),
    ]

    operations = [
        migrations.RunPython(fingerprint, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(fields=['sha256'], name='authority_sha256'),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(fields=['sha1'], name='authority_sha1'),
        ),
    ]

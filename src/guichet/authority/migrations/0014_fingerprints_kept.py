import hashlib

from django.db import migrations, models

CHUNK = 1000
INVALID = 'SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid'


class AddIndexToFullTable(migrations.AddIndex):
    """On PostgreSQL while others write; what a run that failed left is kept, or made anew."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model_name)
        connection = schema_editor.connection
        concurrently = {'concurrently': True} if connection.vendor == 'postgresql' else {}
        with connection.cursor() as cursor:
            if concurrently:
                cursor.execute(INVALID, [self.index.name])
                if cursor.fetchone():
                    schema_editor.remove_index(model, self.index, **concurrently)
            known = connection.introspection.get_constraints(cursor, model._meta.db_table)
        if self.index.name not in known:
            schema_editor.add_index(model, self.index, **concurrently)


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
        AddIndexToFullTable(
            model_name='certificate',
            index=models.Index(fields=['sha256'], name='authority_sha256'),
        ),
        AddIndexToFullTable(
            model_name='certificate',
            index=models.Index(fields=['sha1'], name='authority_sha1'),
        ),
    ]

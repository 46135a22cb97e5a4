from django.db import migrations

# Every request is updated three times, on its way to a certificate. A lease touches no index: with
# room on the page for the new version of each row, it enters none anew. A row of two kilobytes
# stays whole, neither compressed in vain nor put aside. Nobody asks for a prefix of these columns.
STATEMENTS = (
    'ALTER TABLE authority_signingrequest SET (fillfactor = 50, toast_tuple_target = 8160)',
    'DROP INDEX CONCURRENTLY IF EXISTS authority_signingrequest_serial_hex_8ab035dd_like',
    'DROP INDEX CONCURRENTLY IF EXISTS authority_certificate_serial_hex_b578cd0d_like',
    'DROP INDEX CONCURRENTLY IF EXISTS authority_certificate_spki_sha256_5a3060c2_like',
)


def store_for_updates(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        for statement in STATEMENTS:
            schema_editor.execute(statement)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('authority', '0014_fingerprints_kept'),
    ]

    operations = [
        migrations.RunPython(store_for_updates, migrations.RunPython.noop),
    ]

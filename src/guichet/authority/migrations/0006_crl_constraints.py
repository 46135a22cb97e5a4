from django.db import migrations, models


def store_parts_as_they_are(apps, schema_editor):
    """Lists do not compress: PostgreSQL need not try."""
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('ALTER TABLE authority_crlpart ALTER COLUMN octets SET STORAGE EXTERNAL')


class Migration(migrations.Migration):

    dependencies = [
        ('authority', '0005_crl_entries'),
    ]

    operations = [
        migrations.RunPython(store_parts_as_they_are, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='certificate',
            name='changed_at',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='crl',
            name='entries',
            field=models.PositiveIntegerField(),
        ),
        migrations.AlterField(
            model_name='crl',
            name='size',
            field=models.PositiveIntegerField(),
        ),
        migrations.AlterField(
            model_name='crl',
            name='sha256',
            field=models.CharField(max_length=64),
        ),
        migrations.RemoveField(
            model_name='crl',
            name='der',
        ),
        migrations.RemoveConstraint(
            model_name='crl',
            name='authority_crl_number',
        ),
        migrations.RemoveIndex(
            model_name='certificate',
            name='authority_revoked',
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(condition=models.Q(('revocation_index__isnull', False)), fields=['authority', 'revocation_index', 'crl_shard', 'not_after', 'crl_entry'], name='authority_crl_entries'),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(condition=models.Q(('revocation_index__isnull', False)), fields=['authority', 'crl_shard', 'revocation_index'], name='authority_shard_entries'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'valid'), models.Q(('revocation_index__isnull', False), ('revoked_at__isnull', False)), _connector='OR'), name='authority_revoked_at_a_rank'),
        ),
        migrations.AddConstraint(
            model_name='crl',
            constraint=models.UniqueConstraint(fields=('authority', 'shard', 'kind', 'number'), name='authority_crl_number'),
        ),
        migrations.AddConstraint(
            model_name='crlpart',
            constraint=models.UniqueConstraint(fields=('crl', 'rank'), name='authority_crl_part'),
        ),
        migrations.AddConstraint(
            model_name='crlscope',
            constraint=models.UniqueConstraint(fields=('authority', 'shard'), name='authority_one_scope'),
        ),
    ]

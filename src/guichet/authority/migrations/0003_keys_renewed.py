import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authority', '0002_burnt_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='signingrequest',
            name='key_use',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='signingrequest',
            name='renews',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='authority.certificate'),
        ),
        migrations.RemoveConstraint(
            model_name='signingrequest',
            name='authority_one_request_per_key',
        ),
        migrations.AddConstraint(
            model_name='signingrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['refused', 'failed']), _negated=True), fields=('spki_sha256', 'key_use'), name='authority_one_request_per_use'),
        ),
    ]

from datetime import datetime

from django.db import migrations, models
from django.db.models import Q

from guichet.x509 import certificate, keys, names, signatures
from guichet.x509.certificate import Extension, Plan


def _plan(value):
    return Plan(
        serial=int(value["serial"], 16),
        issuer=bytes.fromhex(value["issuer"]),
        authority_key_id=bytes.fromhex(value["authority_key_id"]),
        subject=names.from_json(value["subject"]),
        spki_der=bytes.fromhex(value["spki"]),
        not_before=datetime.fromisoformat(value["not_before"]),
        not_after=datetime.fromisoformat(value["not_after"]),
        extensions=tuple(
            Extension(oid, critical, bytes.fromhex(encoded))
            for oid, critical, encoded in value["extensions"]
        ),
    )


def encode_plans(apps, _editor):
    """What was planned and not signed yet keeps its plan, in the octets that its key will sign."""
    SigningRequest = apps.get_model("authority", "SigningRequest")
    waiting = SigningRequest.objects.filter(state="planned").select_related("authority")
    for row in waiting.exclude(plan=None).iterator():
        spki = certificate.spki_der(bytes(row.authority.der))
        scheme = signatures.named(signatures.usual_name(keys.facts_of_spki(spki).name))
        row.tbs = certificate.to_be_signed(_plan(row.plan), scheme.identifier)
        row.save(update_fields=["tbs"])


class Migration(migrations.Migration):

    dependencies = [
        ('authority', '0006_crl_constraints'),
    ]

    operations = [
        migrations.AddField(
            model_name='signingrequest',
            name='tbs',
            field=models.BinaryField(default=b''),
        ),
        migrations.RunPython(encode_plans, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='signingrequest',
            name='plan',
        ),
        migrations.RemoveIndex(
            model_name='signingrequest',
            name='authority_to_sign',
        ),
        migrations.AddField(
            model_name='signingrequest',
            name='priority',
            field=models.PositiveSmallIntegerField(default=10),
        ),
        migrations.AddIndex(
            model_name='signingrequest',
            index=models.Index(
                condition=Q(settled_at=None),
                fields=['priority', 'requested_at'],
                name='authority_waiting',
            ),
        ),
    ]

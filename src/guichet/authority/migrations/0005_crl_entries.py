"""What is already stored, as lists are built from now on."""

import hashlib

from cryptography import x509
from django.db import migrations
from django.db.models import F, Max

from guichet.x509.crl import Reason, RevokedEntry, entry_der

CHUNK = 2000
PART = 1 << 20


def rank_revocations(apps, schema_editor):
    """Each revoked certificate gets its rank and its entry; each authority its counts and scope."""
    certificates = apps.get_model('authority', 'Certificate').objects
    for authority in apps.get_model('authority', 'CertificationAuthority').objects.order_by('pk'):
        mine = certificates.filter(authority=authority)
        mine.update(changed_at=F('not_before'))
        revoked = mine.filter(state='revoked').order_by('revoked_at', 'pk')
        rank = 0
        for rank, row in enumerate(revoked.defer('der').iterator(CHUNK), start=1):
            serial = int(row.serial_hex.replace(':', ''), 16)
            reason = Reason(row.reason) if row.reason else None
            certificates.filter(pk=row.pk).update(
                revocation_index=rank,
                crl_entry=entry_der(RevokedEntry(serial, row.revoked_at, reason)),
                changed_at=row.revoked_at,
            )
        authority.revocations = max(rank, authority.revocations)
        authority.save(update_fields=['revocations'])
        scope = {'authority': authority, 'planned': mine.exclude(request=None).count()}
        apps.get_model('authority', 'CrlScope').objects.create(**scope)


def describe_lists(apps, schema_editor):
    """Each list says what it holds; the last of each authority keeps its octets.

    Ranks did not exist when they were built: they count as covering nothing, so that no delta
    leaves out a revocation.
    """
    lists = apps.get_model('authority', 'Crl').objects
    parts = apps.get_model('authority', 'CrlPart').objects
    last = dict(lists.values_list('authority').annotate(Max('number')).order_by())
    for row in lists.order_by('pk').iterator(10):
        der = bytes(row.der)
        row.entries, row.size = len(x509.load_der_x509_crl(der)), len(der)
        row.sha256, row.covers = hashlib.sha256(der).hexdigest(), 0
        row.save(update_fields=['entries', 'size', 'sha256', 'covers'])
        if row.number == last[row.authority_id]:
            for rank, start in enumerate(range(0, len(der), PART)):
                parts.create(crl=row, rank=rank, octets=der[start:start + PART])


class Migration(migrations.Migration):

    dependencies = [
        ('authority', '0004_crl_scopes'),
    ]

    operations = [
        migrations.RunPython(rank_revocations, migrations.RunPython.noop),
        migrations.RunPython(describe_lists, migrations.RunPython.noop),
    ]

"""Revocations one by one and by the thousand: ranks, entries, the journal."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from apps.authority.asking import issued
from apps.conftest import NOW
from guichet.authority import lookups, operations, queries, revoking
from guichet.authority.models import Certificate, CertificationAuthority
from guichet.authority.signer import Signer
from guichet.authority.witnesses import witnesses
from guichet.journal import queries as journal
from guichet.journal.verify import verify
from guichet.x509 import crl
from guichet.x509.crl import Reason, RevokedEntry

AT = NOW + timedelta(seconds=5, microseconds=250_000)
CODE = "ACI-EL-ORG-TEST"


@pytest.fixture
def five(signer: Signer) -> list[int]:
    """Certificates of one authority."""
    return [issued(signer, f"test:{number}").id for number in range(5)]


def revoke(ids: list[int], reason: Reason = Reason.SUPERSEDED) -> operations.BatchRevoked:
    return operations.revoke_many(certificate_ids=ids, reason=reason, by="test", at=AT)


def test_a_row_says_all_that_lists_and_answers_need(five: list[int]) -> None:
    """Instant in whole seconds, exact instant of the change, rank, entry encoded."""
    operations.revoke(certificate_id=five[0], reason=Reason.KEY_COMPROMISE, by="test", at=AT)
    row = Certificate.objects.get(pk=five[0])
    serial, revoked_at = queries.serial_of(row.serial_hex), AT.replace(microsecond=0)
    entry = RevokedEntry(serial, revoked_at, Reason.KEY_COMPROMISE)
    assert (row.state, row.revoked_at, row.changed_at) == ("revoked", revoked_at, AT)
    assert (row.revocation_index, row.to_publish) == (1, True)
    assert bytes(row.crl_entry) == crl.entry_der(entry)
    (status,) = (s for s in queries.statuses_to_publish() if s.certificate_id == five[0])
    assert (status.changed_at, status.revoked_at) == (AT, revoked_at)


def test_many_in_batches(five: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranks of each authority without a gap; what was revoked, or is unknown, stops nothing."""
    monkeypatch.setattr(revoking, "BATCH", 2)
    alone = Certificate.objects.get(der=queries.authority_certificate(CODE)).pk
    revoke([five[3]])
    found = revoke([*five, alone, 10**9, five[0]])
    assert {one.certificate_id for one in found.done} == {*five[:3], five[4], alone}
    assert (found.already, found.unknown) == ((five[3],), (10**9,))
    ranks = Certificate.objects.filter(authority__code=CODE).order_by("revocation_index")
    assert list(ranks.values_list("pk", "revocation_index")) == list(
        zip([five[3], *five[:3], five[4]], range(1, 6), strict=True)
    )
    counts = dict(CertificationAuthority.objects.values_list("code", "revocations"))
    assert (counts[CODE], counts["ACR-EL-TEST"], counts["ACI-EL-PP-TEST"]) == (5, 1, 0)
    for pk in (*five, alone):
        (entry,) = (
            e
            for e in journal.entries_about(f"certificate:{serial_of(pk)}")
            if e.event == "certificate-revoked"
        )
        assert (entry.actor, entry.facts) == ("test", {"reason": "superseded"})
    assert verify(None, witnesses()).ok


def serial_of(pk: int) -> str:
    return Certificate.objects.get(pk=pk).serial_hex


def test_a_batch_is_a_few_queries(five: list[int], django_assert_num_queries: Any) -> None:
    """However many certificates: locks, ranks, one statement for all rows, the journal."""
    with django_assert_num_queries(9):
        revoke(five)


def test_a_batch_that_fails_leaves_nothing(five: list[int]) -> None:
    """Neither rank nor entry nor journal."""
    before = journal.head().seq
    with transaction.atomic():
        revoke(five)
        transaction.set_rollback(True)
    assert not Certificate.objects.exclude(revocation_index=None).exists()
    assert CertificationAuthority.objects.get(code=CODE).revocations == 0
    assert journal.head().seq == before
    assert len(revoke(five).done) == 5


def test_looking_up_by_serial(five: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunk after chunk; what nobody issued is left out."""
    monkeypatch.setattr(lookups, "CHUNK", 2)
    revoke(five[:1])
    serials = [queries.serial_of(serial_of(pk)) for pk in five]
    found = lookups.by_serial([*serials, 12345])
    assert [found[serial].certificate_id for serial in serials] == five
    assert [found[serial].is_revoked for serial in serials] == [True, False, False, False, False]
    assert 12345 not in found

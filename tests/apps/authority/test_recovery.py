"""A restored state signs nothing; what was published since is adopted, and never un-revoked."""

from datetime import timedelta

import pytest

from apps.authority import asking
from apps.conftest import NOW, PKI_BASE
from guichet.authority import adopting, crls, intents, queries, queue, recovery
from guichet.authority.models import Certificate, CrlScope, Recovery, SigningRequest
from guichet.authority.recovery import HeldError
from guichet.authority.signer import Signer
from guichet.domain.certificates.plan import PkiUrls
from guichet.domain.certificates.recovery import PublishedNumber, PublishedStatus, floor_above
from guichet.domain.certificates.states import SigningState
from guichet.domain.refusals import Code, Refusal
from guichet.journal import queries as journal
from guichet.keystore import Keystore
from guichet.x509 import crl
from guichet.x509.certificate import serial_hex
from guichet.x509.crl import Reason

CODE = "ACI-EL-ORG-TEST"
THEN = NOW - timedelta(days=2)
LATER = NOW + timedelta(minutes=1)
LOST, LOST_AND_REVOKED, PLANNED, PLANNED_AND_REVOKED, FOREIGN = (7 << 120 | n for n in range(5))


def valid(serial: int, authority: str = CODE) -> PublishedStatus:
    return PublishedStatus(authority, serial)


def revoked(serial: int) -> PublishedStatus:
    return PublishedStatus(CODE, serial, THEN, Reason.KEY_COMPROMISE)


@pytest.fixture
def put_in_place(signer: Signer) -> None:
    """As a restore leaves the database."""
    Recovery.objects.create(
        backup="guichet-20261122T120000Z.age",
        backup_at=THEN,
        restored_at=NOW,
        journal_seq=1,
        journal_digest="0" * 64,
    )


@pytest.fixture
def plans(signer: Signer) -> None:
    """Two requests whose serial numbers are stored, and no signature."""
    for serial in (PLANNED, PLANNED_AND_REVOKED):
        asking.ask(f"test:{serial}")
        taken = queue.take(by="test", limit=1, at=NOW)
        intents.prepare(taken, serials=[serial], urls=PkiUrls(PKI_BASE), by="test", at=NOW)
        SigningRequest.objects.update(lease_until=None, leased_by="", attempts=0)
        SigningRequest.objects.filter(serial_hex=None).update(serial_hex=serial_hex(serial))


def test_nothing_is_signed(signer: Signer, put_in_place: None, authority_keys: Keystore) -> None:
    """Before it is confirmed; once it is, everything is, and the journal keeps what was found."""
    asking.ask()
    with pytest.raises(HeldError, match="guichet restore check"):
        signer.run_once(NOW)
    recovery.tell_restored(by="test", at=NOW)
    recovery.tell_restored(by="test", at=LATER)
    recovery.confirm(findings={"lost_entries": 3}, by="test", at=LATER)
    assert signer.run_once(LATER) == 1
    told = journal.entries_about(f"recovery:{Recovery.objects.get().pk}")
    assert [entry.event for entry in told] == ["state-restored", "recovery-confirmed"]
    assert told[1].facts == {"lost_entries": 3}
    with pytest.raises(Refusal) as refusal:
        recovery.confirm(findings={}, by="test", at=LATER)
    assert refusal.value.code is Code.MOVE_FORBIDDEN


def test_what_is_lost(plans: None) -> None:
    """Whatever the order in which it is told; once revoked, a certificate is."""
    known = queries.serial_of(Certificate.objects.earliest("pk").serial_hex)
    told = [
        *(valid(LOST), valid(LOST_AND_REVOKED), revoked(LOST_AND_REVOKED), valid(LOST_AND_REVOKED)),
        *(valid(PLANNED), valid(PLANNED_AND_REVOKED), revoked(PLANNED_AND_REVOKED)),
        *(valid(FOREIGN, "ACI-NOBODY"), valid(known), revoked(known), valid(known)),
    ]
    for statuses in (told, told[::-1]):
        losses = adopting.compare(iter(statuses))
        assert losses.compared == len(told)
        assert set(losses.certificates) == {
            valid(LOST),
            revoked(LOST_AND_REVOKED),
            revoked(PLANNED_AND_REVOKED),
        }
        assert losses.planned == (valid(PLANNED),)
        assert losses.revocations == (revoked(known),)
        assert losses.foreign == (valid(FOREIGN, "ACI-NOBODY"),)


def test_adopted(signer: Signer, plans: None, authority_keys: Keystore) -> None:
    """Told by lists as it was published; its serial is taken, and its plan is not signed again."""
    lost = [valid(LOST), revoked(LOST_AND_REVOKED), revoked(PLANNED_AND_REVOKED)]
    assert recovery.reserved([LOST]) == frozenset()
    assert adopting.adopt(lost=lost, by="test", at=NOW) == 3
    assert adopting.adopt(lost=lost, by="test", at=LATER) == 0
    assert recovery.reserved([LOST, 5, PLANNED_AND_REVOKED]) == {LOST, PLANNED_AND_REVOKED}
    assert signer.run_once(LATER) == 1, "the other plan"
    states = dict(SigningRequest.objects.values_list("serial_hex", "state"))
    assert states == {
        serial_hex(PLANNED): SigningState.ISSUED,
        serial_hex(PLANNED_AND_REVOKED): SigningState.FAILED,
    }
    crls.issue_due(authority_keys, LATER)
    found = queries.last_crl(CODE)
    assert found is not None
    entries = crl.read(found.der).entries
    assert set(entries) == {LOST_AND_REVOKED, PLANNED_AND_REVOKED}
    assert {(one.revoked_at, one.reason) for one in entries.values()} == {
        (THEN, Reason.KEY_COMPROMISE)
    }
    ends = Certificate.objects.filter(profile=adopting.PROFILE).values_list("not_after", flat=True)
    assert min(ends) > NOW + timedelta(days=365 * 3), "as late as its authority's, at least"
    told = journal.entries_about(f"certificate:{serial_hex(LOST_AND_REVOKED)}")
    assert [entry.event for entry in told] == ["certificate-adopted", "certificate-revoked"]


def test_numbers_left_unused(signer: Signer, authority_keys: Keystore) -> None:
    """Above what was found, with a gap; a shard that is not known here stops nothing."""
    far = int(LATER.timestamp() * 1000) + 10**9
    found = [PublishedNumber(CODE, 0, far), PublishedNumber(CODE, 7, far)]
    assert recovery.leave_numbers(found=found, by="test", at=NOW) == 1
    assert recovery.leave_numbers(found=found, by="test", at=NOW) == 0
    assert CrlScope.objects.get(authority__code=CODE, shard=0).floor == floor_above(far)
    crls.issue_due(authority_keys, LATER)
    assert [one.number for one in queries.last_lists() if one.authority == CODE] == [
        floor_above(far) + 1
    ] * 2

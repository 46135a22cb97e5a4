"""Lists: issued on change and on schedule, numbered for ever upwards, entries that stay in time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from apps.authority.asking import issued
from apps.conftest import NOW
from guichet.authority import crls, operations, queries
from guichet.authority.crls import DEMO, ISSUING, ROOT, CrlPolicy, next_number
from guichet.authority.models import Certificate, Crl
from guichet.authority.signer import Signer
from guichet.authority.signing import SigningFaultError
from guichet.journal import queries as journal
from guichet.keystore import Keystore
from guichet.x509 import crl
from guichet.x509.crl import Reason

CODE = "ACI-EL-ORG-TEST"
SECOND = timedelta(seconds=1)
Issue = Callable[[datetime], tuple[str, ...]]


@pytest.fixture
def issue(hierarchy_made: None, authority_keys: Keystore) -> Issue:
    """Issue what is due."""
    return lambda at: crls.issue_due(authority_keys, at)


def last(code: str = CODE) -> crl.Crl:
    found = queries.last_crl(code)
    assert found is not None
    read = crl.read(found.der)
    assert (read.number, read.this_update) == (found.number, found.this_update)
    return read


def revoke(certificate_id: int, at: datetime, reason: Reason = Reason.SUPERSEDED) -> None:
    operations.revoke(certificate_id=certificate_id, reason=reason, by="test", at=at)


def test_the_first_lists(issue: Issue) -> None:
    """One an authority, signed by it, told."""
    assert queries.last_crl(CODE) is None
    codes = issue(NOW)
    assert list(codes) == [authority.code for authority in queries.authorities()]
    for code in codes:
        found = queries.last_crl(code)
        assert found is not None
        assert crl.is_signed_by(found.der, queries.authority_certificate(code))
        assert last(code).entries == {}
        entry = journal.entries_about(f"authority:{code}")[-1]
        assert (entry.event, entry.facts) == (
            "crl-issued",
            {"number": found.number, "entries": 0},
        )
    assert issue(NOW) == ()


def test_a_revocation_brings_a_list_of_its_authority_alone(issue: Issue, signer: Signer) -> None:
    """At once, with its instant and reason; then nothing until the next."""
    issue(NOW)
    found = issued(signer)
    at = NOW + SECOND
    revoke(found.id, at, Reason.KEY_COMPROMISE)
    before = last().number
    assert issue(at) == (CODE,)
    (entry,) = last().entries.values()
    assert (entry.serial, entry.revoked_at, entry.reason) == (
        queries.serial_of(found.serial_hex),
        at,
        Reason.KEY_COMPROMISE,
    )
    assert last().number > before
    assert issue(at) == ()


def test_a_revocation_counted_while_a_list_is_made_is_covered_by_the_next(
    issue: Issue, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether that list happens to hold it or not."""
    issue(NOW)
    first, second = issued(signer, "test:1"), issued(signer, "test:2")
    revoke(first.id, NOW)
    build = crl.build

    def meanwhile(*arguments: Any) -> bytes:
        monkeypatch.undo()
        revoke(second.id, NOW)
        return build(*arguments)

    monkeypatch.setattr(crl, "build", meanwhile)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crls, "_check", lambda *_: None)
        assert issue(NOW) == (CODE,)
    assert issue(NOW) == (CODE,)
    assert len(last().entries) == 2


@pytest.mark.parametrize(
    ("code", "demo", "policy"),
    [("ACR-EL-TEST", True, ROOT), (CODE, True, DEMO), (CODE, False, ISSUING)],
)
def test_the_schedule(
    issue: Issue, settings: Any, code: str, demo: bool, policy: CrlPolicy
) -> None:
    """Replaced before its end though nothing changed; roots more seldom."""
    from dataclasses import replace  # noqa: PLC0415

    settings.GUICHET = replace(settings.GUICHET, demo=demo)
    issue(NOW)
    assert last(code).next_update == NOW + policy.validity
    assert code not in issue(NOW + policy.interval - SECOND)
    assert code in issue(NOW + policy.interval)
    assert last(code).this_update == NOW + policy.interval


@pytest.mark.parametrize(("hours", "days"), [(0, 1), (24, 1), (48, 1)])
def test_a_policy_that_would_leave_a_gap(hours: int, days: int) -> None:
    """REFUSED. A list is replaced before it ends."""
    with pytest.raises(ValueError, match="before it ends"):
        CrlPolicy(validity=timedelta(days=days), interval=timedelta(hours=hours))


def test_numbers_go_up_whatever_the_clock_says() -> None:
    """Milliseconds, so that a restored database does not begin again below what was published."""
    now = int(NOW.timestamp() * 1000)
    assert next_number(0, NOW) == now
    assert next_number(now, NOW) == now + 1
    assert next_number(now + 10**9, NOW) == now + 10**9 + 1
    assert next_number(now, NOW + SECOND) == now + 1000


def test_a_clock_that_went_back(issue: Issue, signer: Signer) -> None:
    """The number still goes up (RFC 5280 5.2.3)."""
    issue(NOW)
    before = last().number
    revoke(issued(signer).id, NOW)
    issue(NOW - timedelta(hours=1))
    assert last().number == before + 1


def test_an_expired_certificate_is_told_once_more(issue: Issue, signer: Signer) -> None:
    """RFC 5280 3.3: it stays on one list past its end, then it goes."""
    issue(NOW)
    found = issued(signer)
    revoke(found.id, NOW)
    issue(NOW)
    Certificate.objects.filter(pk=found.id).update(not_after=NOW + timedelta(minutes=30))
    sizes = []
    for hours in (1, 2, 3):
        issue(NOW + timedelta(hours=hours))
        sizes.append(len(last().entries))
    assert sizes == [1, 0, 0]


def test_another_signer_was_quicker(
    issue: Issue, authority_keys: Keystore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One list is stored; the other's is thrown away, and its number with it."""
    build = crl.build
    theirs: list[tuple[str, ...]] = []

    def meanwhile(*arguments: Any) -> bytes:
        monkeypatch.undo()
        theirs.append(crls.issue_due(authority_keys, NOW))
        return build(*arguments)

    monkeypatch.setattr(crl, "build", meanwhile)
    ours = issue(NOW)
    first = queries.authorities()[0].code
    assert first in theirs[0]
    assert first not in ours
    assert Crl.objects.filter(authority__code=first).count() == 1


def test_a_list_that_does_not_verify_is_not_stored(
    issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REFUSED: the key is not the authority's."""
    build = crl.build
    monkeypatch.setattr(crl, "build", lambda *a: build(*a)[:-1] + b"\x00")
    with pytest.raises(SigningFaultError, match="does not verify"):
        issue(NOW)
    assert not Crl.objects.exists()


def test_a_revocation_without_an_instant(issue: Issue) -> None:
    """REFUSED: such a list cannot even be built."""
    Certificate.objects.filter(authority__code="ACR-EL-TEST").update(state="revoked")
    with pytest.raises(SigningFaultError, match="at no instant"):
        issue(NOW)


def test_numbers_of_the_last_lists(issue: Issue) -> None:
    assert queries.crl_numbers() == {}
    issue(NOW)
    numbers = queries.crl_numbers()
    assert numbers[CODE] == last().number
    assert len(numbers) == len(queries.authorities())

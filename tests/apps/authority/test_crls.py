"""Lists: issued on change and on schedule, with entries that stay in time."""
# ruff: noqa: F811 a fixture is an argument of the same name

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.authority.asking import issued
from apps.authority.lists import CODE, Issue, issue, last, revoke  # noqa: F401 the fixtures
from apps.conftest import NOW
from guichet.authority import crl_records, crls, queries
from guichet.authority.models import Certificate, Crl, CrlPart
from guichet.authority.signer import Signer
from guichet.authority.signing import SigningFaultError
from guichet.domain.catalogue import authorities
from guichet.domain.certificates.crl_policy import DEMO, ISSUING, ROOT, CrlKind, CrlPolicy
from guichet.journal import queries as journal
from guichet.x509 import crl, crl_headings
from guichet.x509.crl import Reason

SECOND = timedelta(seconds=1)


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
            {"number": found.number, "entries": 0, "base": found.number, "changes": 0},
        )
    assert issue(NOW) == ()


def test_a_revocation_brings_a_list_of_its_authority_alone(
    first_lists: None, issue: Issue, signer: Signer
) -> None:
    """At once, with its instant and reason; then nothing until the next."""
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


def test_a_revocation_counted_while_a_list_is_made_is_left_to_the_next(
    first_lists: None, issue: Issue, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Complete list and delta of one number tell the same, whatever happens between them."""
    first, second = issued(signer, "test:1"), issued(signer, "test:2")
    revoke(first.id, NOW)
    build = crl.build

    def meanwhile(*arguments: Any) -> bytes:
        monkeypatch.undo()
        revoke(second.id, NOW)
        return build(*arguments)

    monkeypatch.setattr(crl, "build", meanwhile)
    assert issue(NOW) == (CODE,)
    assert [len(last().entries), changes()] == [1, 1]
    assert issue(NOW) == (CODE,)
    assert [len(last().entries), changes()] == [2, 2]


def changes() -> int:
    """How many entries the last delta has."""
    found = queries.last_crl(CODE, kind=CrlKind.DELTA)
    assert found is not None
    return found.entries


@pytest.mark.parametrize(
    ("code", "demo", "policy"),
    [("ACR-EL-TEST", True, ROOT), (CODE, True, DEMO), (CODE, False, ISSUING)],
)
def test_the_schedule(
    issue: Issue, settings: Any, code: str, demo: bool, policy: CrlPolicy
) -> None:
    """Replaced before its end though nothing changed; roots more seldom."""
    settings.GUICHET = replace(settings.GUICHET, demo=demo)
    issue(NOW)
    assert last(code).next_update == NOW + policy.validity
    issue(NOW + policy.interval - SECOND)
    assert last(code).this_update == NOW
    assert code in issue(NOW + policy.interval)
    assert last(code).this_update == NOW + policy.interval


def test_an_expired_certificate_is_told_once_more(
    first_lists: None, issue: Issue, signer: Signer
) -> None:
    """RFC 5280 3.3: it stays on one list past its end, then it goes."""
    found = issued(signer)
    revoke(found.id, NOW)
    issue(NOW)
    Certificate.objects.filter(pk=found.id).update(not_after=NOW + timedelta(minutes=30))
    sizes = []
    for hours in (1, 2, 3):
        issue(NOW + timedelta(hours=hours))
        sizes.append(len(last().entries))
    assert sizes == [1, 0, 0]


def test_a_list_that_does_not_verify_is_not_stored(
    issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REFUSED: the key is not the authority's."""
    build = crl.build
    monkeypatch.setattr(crl, "build", lambda *a: build(*a)[:-1] + b"\x00")
    with pytest.raises(SigningFaultError, match="does not verify"):
        issue(NOW)
    assert not Crl.objects.exists()


def test_a_revocation_without_instant_or_rank(issue: Issue) -> None:
    """REFUSED by the database: it would be on no list."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(authority__code="ACR-EL-TEST").update(state="revoked")


def test_what_is_known_of_the_last_lists(issue: Issue, signer: Signer) -> None:
    """One complete list and one delta a scope; octets are kept of the last of each kind alone."""
    assert queries.last_lists() == ()
    issue(NOW)
    revoke(issued(signer).id, NOW)
    issue(NOW + SECOND)
    found = {facts.name: facts for facts in queries.last_lists()}
    assert len(found) == 2 * len(queries.authorities())
    full, delta = found[CODE], found[f"{CODE}-delta"]
    assert (full.kind, full.number, full.entries) == (CrlKind.FULL, last().number, 1)
    assert (delta.kind, delta.number, delta.entries) == (CrlKind.DELTA, full.number, 1)
    assert delta.base_number == Crl.objects.filter(authority__code=CODE).earliest("number").number
    stored = queries.last_crl(CODE)
    assert stored is not None
    assert (full.size, full.sha256) == (len(stored.der), sha256(stored.der).hexdigest())
    rows = Crl.objects.filter(authority__code=CODE)
    assert (rows.count(), CrlPart.objects.filter(crl__in=rows).count()) == (4, 2)


def test_a_list_in_several_parts(
    issue: Issue, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read as it was written."""
    monkeypatch.setattr(crl_records, "PART", 100)
    revoke(issued(signer).id, NOW)
    issue(NOW)
    assert len(last().entries) == 1
    assert CrlPart.objects.filter(crl__authority__code=CODE).count() > 10


def test_expired_certificates_may_stay_for_ever(
    issue: Issue, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list says since when (expiredCertsOnCRL, X.509 9.5.2.8): the authority's beginning."""
    kept = replace(authorities.spec(CODE), keep_expired_on_crl=True)
    spec = authorities.spec
    monkeypatch.setattr(authorities, "spec", lambda code: kept if code == CODE else spec(code))
    issue(NOW)
    found = issued(signer)
    revoke(found.id, NOW)
    Certificate.objects.filter(pk=found.id).update(not_after=NOW + timedelta(minutes=30))
    for hours in (1, 2, 3):
        issue(NOW + timedelta(hours=hours))
    assert len(last().entries) == 1
    newest = queries.last_crl(CODE)
    assert newest is not None
    assert crl_headings.read(newest.der).expired_since == NOW


def test_a_scope_that_fails_holds_up_no_other(
    issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault is told once the others have their lists."""
    check = crls._check

    def failing(der: bytes, lists: Any, count: int) -> None:
        if lists.name == "ACR-EL-TEST":
            raise SigningFaultError("of the first")
        check(der, lists, count)

    monkeypatch.setattr(crls, "_check", failing)
    with pytest.raises(SigningFaultError, match="of the first"):
        issue(NOW)
    assert queries.last_crl("ACR-EL-TEST") is None
    assert queries.last_crl(CODE) is not None

"""Numbers of lists: for ever upwards, whatever clocks and other signers do."""
# ruff: noqa: F811 a fixture is an argument of the same name

from datetime import timedelta
from typing import Any

import pytest

from apps.authority.asking import issued
from apps.authority.lists import CODE, Issue, issue, last, revoke  # noqa: F401 the fixtures
from apps.conftest import NOW
from guichet.authority import crls, operations, queries
from guichet.authority.models import Certificate, Crl
from guichet.authority.signer import Signer
from guichet.domain.refusals import Code
from guichet.journal import queries as journal
from guichet.keystore import Keystore
from guichet.x509 import crl
from kit.refusals import assert_refused

SECOND = timedelta(seconds=1)


def test_a_clock_that_went_back(first_lists: None, issue: Issue, signer: Signer) -> None:
    """The number still goes up (RFC 5280 5.2.3)."""
    before = last().number
    revoke(issued(signer).id, NOW)
    issue(NOW - timedelta(hours=1))
    assert last().number == before + 1


@pytest.mark.parametrize("after", [timedelta(0), SECOND], ids=["same number", "other number"])
def test_another_signer_was_quicker(
    issue: Issue, authority_keys: Keystore, monkeypatch: pytest.MonkeyPatch, after: timedelta
) -> None:
    """One issue is stored; the other's is thrown away, and its number with it."""
    build = crl.build
    theirs: list[tuple[str, ...]] = []

    def meanwhile(*arguments: Any) -> bytes:
        monkeypatch.undo()
        theirs.append(crls.issue_due(authority_keys, NOW + after))
        return build(*arguments)

    monkeypatch.setattr(crl, "build", meanwhile)
    ours = issue(NOW)
    first = queries.authorities()[0].code
    assert first in theirs[0]
    assert first not in ours
    kinds = Crl.objects.filter(authority__code=first).values_list("kind", flat=True)
    assert sorted(kinds) == ["delta", "full"]


def test_a_clock_that_was_ahead_takes_nothing_off(
    first_lists: None, issue: Issue, signer: Signer
) -> None:
    """The list dated ahead is replaced at once; what has not expired yet is still told."""
    found = issued(signer)
    revoke(found.id, NOW)
    Certificate.objects.filter(pk=found.id).update(not_after=NOW + timedelta(days=50))
    issue(NOW + timedelta(days=99))
    assert last().this_update == NOW + timedelta(days=99)
    at = NOW + timedelta(hours=1)
    for _ in range(2):
        issue(at)
        at += timedelta(days=2)
        assert len(last().entries) == 1
    assert last().this_update < at


def test_a_floor_is_raised_once_and_told(first_lists: None, issue: Issue) -> None:
    """The next list is above a number seen published; an unknown scope is refused."""
    seen = last().number + 10**9
    floor = {"code": CODE, "shard": 0, "number": seen, "by": "test", "at": NOW}
    assert operations.raise_crl_floor(**floor)
    assert not operations.raise_crl_floor(**floor)
    (entry,) = (e for e in journal.entries_about(f"authority:{CODE}") if "floor" in e.event)
    assert entry.facts == {"number": seen, "floor": 0}
    assert issue(NOW + SECOND) == (CODE,)
    assert last().number == seen + 1
    with assert_refused(Code.PROFILE_UNKNOWN, authority=CODE):
        operations.raise_crl_floor(**floor | {"shard": 9})


def test_a_floor_raised_while_a_list_is_made(
    first_lists: None, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That list is thrown away: its number is too low."""
    seen = last().number + 10**9
    build = crl.build

    def meanwhile(*arguments: Any) -> bytes:
        monkeypatch.undo()
        operations.raise_crl_floor(code=CODE, shard=0, number=seen, by="test", at=NOW)
        return build(*arguments)

    monkeypatch.setattr(crl, "build", meanwhile)
    later = NOW + timedelta(hours=2)
    assert CODE not in issue(later)
    assert CODE in issue(later)
    assert last().number == seen + 1

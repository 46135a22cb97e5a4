"""The watchdog follows revocations until they are seen."""
# ruff: noqa: F811 a fixture is an argument of the same name

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from apps.validation.front import Front
from apps.validation.responders import CODE
from apps.validation.watching import (  # noqa: F401 the fixtures
    ANSWER,
    LIST,
    by_name,
    front,
    leaf,
    publish,
    watch,
)
from guichet.authority.specimens import RevokedSerial
from guichet.domain.freshness import Reading, Rule
from guichet.validation.models import Visibility, WatchedPoint
from guichet.validation.watch import visibility
from guichet.validation.watch.loop import Watch
from guichet.x509.crl import Reason, RevokedEntry
from guichet.x509.ocsp import Revoked
from kit.pki import NOW, Leaf

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


class Times:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def revoke(front: Front, monkeypatch: pytest.MonkeyPatch, leaf: Leaf) -> Callable[[], None]:
    """In the database at once; the function returned tells OCSP."""
    revoked = RevokedSerial(authority=CODE, serial=leaf.serial, at=NOW)
    monkeypatch.setattr(visibility.specimens, "revocation_counts", lambda: {CODE: 1})
    monkeypatch.setattr(visibility.specimens, "last_revoked", lambda code, n: (revoked,)[:n])
    return lambda: front.service.tell(leaf, Revoked(NOW, Reason.SUPERSEDED))


@contextmanager
def looking(
    times: Times, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Watch, Sequence[Reading]]]:
    """A watch that made a round, and looked, before anything was revoked; what the round read."""
    monkeypatch.setattr(visibility.specimens, "revocation_counts", lambda: {CODE: 0})
    with Watch(times) as watch:
        readings = watch.make_a_round(NOW)
        watch.look()
        yield watch, readings


def test_a_revocation_is_followed(
    front: Front, leaf: Leaf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until OCSP tells it, then until a list does; each delay is stored, to the millisecond."""
    times = Times()
    with looking(times, monkeypatch) as (watch, _readings):
        publish_status = revoke(front, monkeypatch, leaf)
        times.now = NOW + timedelta(milliseconds=300)
        watch.look()
        row = Visibility.objects.get()
        assert (row.answer_ms, row.list_ms, row.revoked_at) == (None, None, NOW)
        publish_status()
        times.now = NOW + timedelta(milliseconds=900)
        watch.look()
        row.refresh_from_db()
        assert (row.answer_ms, row.list_ms) == (900, None)
        entry = RevokedEntry(leaf.serial, NOW, Reason.SUPERSEDED)
        publish(front.service, front.service.pki.crl(revoked=[entry], number=8))
        times.now = NOW + timedelta(milliseconds=1700)
        watch.look()
        row.refresh_from_db()
        assert (row.answer_ms, row.list_ms) == (900, 1700)
        assert WatchedPoint.objects.get(name=LIST).number == 8
        front.asked.clear()
        watch.look()
        assert not front.asked


def test_looking_for_a_revocation_counts_no_failures(
    front: Front, leaf: Leaf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three of them would raise an alarm within seconds: rounds alone count."""
    times = Times()
    with looking(times, monkeypatch) as (watch, _readings):
        revoke(front, monkeypatch, leaf)
        front.failing |= {LIST: 503, "ocsp": 503}
        for _ in range(4):
            times.now += timedelta(seconds=2)
            watch.look()
        assert WatchedPoint.objects.get(name=LIST).failures == 0
        assert by_name(watch.make_a_round(NOW + MINUTE))[LIST].failures == 1


def test_a_revocation_slow_to_be_seen(
    front: Front, leaf: Leaf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A finding while it is waited for, and for a while after."""
    times = Times()
    with looking(times, monkeypatch) as (watch, readings):
        publish_status = revoke(front, monkeypatch, leaf)
        times.now = NOW + timedelta(seconds=3)
        watch.look()
        slow = [f for f in watch.findings(readings, times.now) if f.rule is Rule.SLOW]
        assert [(f.subject, f.facts) for f in slow] == [(ANSWER, {"milliseconds": 3000})]
        publish_status()
        watch.look()
        later = times.now + timedelta(minutes=5)
        assert [f.facts for f in watch.findings(readings, later) if f.rule is Rule.SLOW]
        after = times.now + timedelta(minutes=11)
        assert not [f for f in watch.findings(readings, after) if f.rule is Rule.SLOW]

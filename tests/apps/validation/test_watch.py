"""The watchdog's rounds over HTTP: what it believes, and what it stores."""
# ruff: noqa: F811 a fixture is an argument of the same name

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError

from apps.validation.front import Front
from apps.validation.responders import CODE, Service
from apps.validation.watching import (  # noqa: F401 the fixtures
    ANSWER,
    CERTIFICATE,
    LIST,
    by_name,
    front,
    leaf,
    publish,
    watch,
)
from guichet.domain.freshness import Problem, Rule
from guichet.validation.models import PointDay, StoredReading, WatchedPoint
from guichet.validation.watch import fetching, loop, recording
from guichet.validation.watch.loop import Watch
from guichet.x509 import bundles
from guichet.x509.ocsp import Good
from kit.liar import broken
from kit.pki import NOW, Leaf, Pki

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def test_a_good_round(watch: Watch, front: Front, django_assert_max_num_queries: Any) -> None:
    """Every point is believed, and stored with its day; a list is not fetched twice."""
    first = by_name(watch.make_a_round(NOW))
    assert set(first) == {LIST, ANSWER, CERTIFICATE, "ac/chain.p7c"}
    assert {reading.problem for reading in first.values()} == {None}
    assert (first[LIST].content.number, first[LIST].highest) == (7, 7)
    assert first[ANSWER].content.ends
    with django_assert_max_num_queries(15):
        again = by_name(watch.make_a_round(NOW + MINUTE))
    assert again[LIST].content == first[LIST].content
    assert again[LIST].size == first[LIST].size > 0
    assert [status for path, status in front.asked if path == f"/{LIST}"] == [200, 304]
    row = WatchedPoint.objects.get(name=LIST)
    assert (row.number, row.highest, row.at, row.problem) == (7, 7, NOW + MINUTE, "")
    assert StoredReading.objects.filter(point=row).count() == 2
    day = PointDay.objects.get(point=row)
    assert (day.readings, day.stale, day.size) == (2, 0, row.size)


def foreign(service: Service) -> bytes:
    return service.pki.crl("ACI-EL-PP-TEST", number=8)


@pytest.mark.parametrize(
    ("served", "problem"),
    [
        (lambda s: lambda der: der[:-20], Problem.UNREADABLE),
        (lambda s: broken, Problem.FORGED),
        (lambda s: lambda _: foreign(s), Problem.FORGED),
        (lambda s: lambda _: b"<html>", Problem.UNREADABLE),
        (lambda s: lambda _: s.pki.crl(number=6), Problem.WENT_BACK),
        (lambda s: lambda _: s.pki.crl(number=9, at=NOW - timedelta(days=9)), Problem.OVER),
        (lambda s: lambda _: s.pki.crl(number=9, at=NOW + timedelta(days=1)), Problem.EARLY),
        (lambda s: lambda _: s.pki.crl(number=9, base_number=7), Problem.FOREIGN),
        (
            lambda s: lambda _: s.pki.crl(number=9, point=f"http://a.test/crl/{CODE}-2.crl"),
            Problem.FOREIGN,
        ),
        (lambda s: lambda _: s.pki.crl(number=2**63), Problem.UNREADABLE),
        (404, Problem.MISSING),
        (503, Problem.FAILED),
    ],
    ids=[
        *("cut", "forged", "of-another", "no-list", "old", "over", "early", "delta", "shard"),
        *("huge-number", "missing", "failing"),
    ],
)
def test_a_list_not_to_be_believed(
    watch: Watch, front: Front, served: Any, problem: Problem
) -> None:
    """What is wrong has its name; once it is mended, all is well again."""
    watch.make_a_round(NOW)
    if isinstance(served, int):
        front.failing[LIST] = served
    else:
        front.spoiled[LIST] = served(front.service)
    wrong = by_name(watch.make_a_round(NOW + MINUTE))
    assert {name for name, reading in wrong.items() if reading.problem} == {LIST}
    assert wrong[LIST].problem is problem
    assert WatchedPoint.objects.get(name=LIST).highest == 7
    front.spoiled.clear()
    front.failing.clear()
    assert by_name(watch.make_a_round(NOW + 2 * MINUTE))[LIST].problem is None


def test_an_answer_not_to_be_believed(watch: Watch, front: Front, leaf: Leaf) -> None:
    front.spoiled["ocsp"] = broken
    assert by_name(watch.read(NOW))[ANSWER].problem is Problem.FORGED
    other = front.service.pki.leaf()
    front.service.tell(other, Good())
    body = front.service.get(fetching.ocsp_path(loop_request(other))).body
    front.spoiled["ocsp"] = lambda _: body
    assert by_name(watch.read(NOW))[ANSWER].problem is Problem.FOREIGN
    front.spoiled["ocsp"] = lambda _: b"not an answer"
    assert by_name(watch.read(NOW))[ANSWER].problem is Problem.UNREADABLE
    front.spoiled.clear()
    assert by_name(watch.read(NOW + timedelta(days=2)))[ANSWER].problem is Problem.OVER


def loop_request(leaf: Leaf) -> bytes:
    from guichet.x509 import relying  # noqa: PLC0415

    return relying.ask(leaf.serial, leaf.authority.der)


def test_a_certificate_ill_told_of_is_asked_about_again(
    watch: Watch, front: Front, leaf: Leaf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each round draws another one; the alarm of one is not cleared by the health of others."""
    forgotten = front.service.pki.leaf()
    front.service.tell(forgotten, Good(), NOW - timedelta(hours=9))
    drawn = iter([forgotten.serial, leaf.serial, leaf.serial, forgotten.serial])
    monkeypatch.setattr(loop.specimens, "specimens", lambda at: {CODE: next(drawn)})
    for minute in range(3):
        readings = watch.read(NOW + minute * MINUTE)
        assert [f.rule for f in watch.findings(readings, NOW)] == [Rule.ENDING]
    front.service.tell(forgotten, Good(), NOW)
    assert not watch.findings(watch.read(NOW + 3 * MINUTE), NOW)


def test_certificates_not_to_be_believed(watch: Watch, front: Front, pki: Pki) -> None:
    """Another authority's at this one's address; a chain that lacks one."""
    other = pki.authority("ACI-EL-PP-TEST").der
    front.spoiled[CERTIFICATE] = lambda _: other
    front.spoiled["ac/chain.p7c"] = lambda _: bundles.pkcs7([other])
    found = by_name(watch.read(NOW))
    assert found[CERTIFICATE].problem is found["ac/chain.p7c"].problem is Problem.FOREIGN


def test_an_unknown_certificate(
    watch: Watch, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a certificate that was issued, "unknown" is wrong; before any was, it is honest."""
    monkeypatch.setattr(loop.specimens, "specimens", lambda at: {CODE: 12345})
    assert by_name(watch.read(NOW))[ANSWER].problem is Problem.UNKNOWN
    monkeypatch.setattr(loop.specimens, "specimens", lambda at: {})
    with Watch() as other:
        assert by_name(other.read(NOW))[ANSWER].problem is None


def test_new_trouble_is_soon_confirmed(watch: Watch, front: Front) -> None:
    """At a start, the watchdog may be there before the responder."""
    front.failing[LIST] = 503
    pauses = []
    for minute in range(3):
        watch.make_a_round(NOW + minute * MINUTE)
        pauses.append(watch.pause)
    assert pauses == [loop.CONFIRMED_AFTER, loop.ROUND, loop.ROUND]


def test_nothing_to_watch(watch: Watch, front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the ceremony."""
    monkeypatch.setattr(loop.queries, "authorities", tuple)
    assert watch.make_a_round(NOW) == ()


def test_nobody_answers(watch: Watch, front: Front, settings: Any) -> None:
    """UNREACHABLE after short time-outs, and nothing raises."""
    settings.GUICHET = replace(settings.GUICHET, pki_url="http://127.0.0.1:9")
    with Watch() as deaf:
        assert {reading.problem for reading in deaf.read(NOW)} == {Problem.UNREACHABLE}


def test_a_list_too_large_to_be_downloaded(
    watch: Watch, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The published file is verified instead, once, and must be as long as what is served."""
    monkeypatch.setattr(fetching, "WHOLE_AT_MOST", 100)
    reading = by_name(watch.read(NOW))[LIST]
    assert (reading.problem, reading.content.number) == (None, 7)
    front.spoiled[LIST] = lambda der: der + b"more"
    assert by_name(watch.read(NOW))[LIST].problem is Problem.FOREIGN


def test_shards_and_deltas(watch: Watch, front: Front) -> None:
    """Those in the folder, and those that lists send to, be they missing."""
    delta, shard = f"crl/{CODE}-delta.crl", f"crl/{CODE}-1.crl"
    pki = front.service.pki
    publish(front.service, pki.crl(number=9, freshest=f"{front.url}/{delta}"))
    publish(front.service, pki.crl(number=9, point=f"{front.url}/{shard}"), shard)
    publish(front.service, b"not ours", "crl/another.crl")
    watch.read(NOW)
    found = by_name(watch.read(NOW))
    assert {name for name in found if name.startswith("crl/")} == {LIST, delta, shard}
    assert (found[shard].problem, found[delta].problem) == (None, Problem.MISSING)
    publish(front.service, pki.crl(number=9, base_number=9), delta)
    assert by_name(watch.read(NOW))[delta].problem is None
    (front.service.published / shard).unlink()
    assert by_name(watch.read(NOW))[shard].problem is Problem.MISSING


def test_without_the_database(watch: Watch, front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """Points are found in the folder, readings wait, and are all stored once it is back."""

    def away(*_: object, **__: object) -> None:
        raise DatabaseError("away")

    with monkeypatch.context() as patch:
        patch.setattr(loop.queries, "authorities", away)
        patch.setattr(recording, "store", away)
        for minute in range(3):
            readings = watch.make_a_round(NOW + minute * MINUTE)
            assert {reading.problem for reading in readings} == {None}
    assert not StoredReading.objects.exists()
    watch.make_a_round(NOW + 3 * MINUTE)
    assert StoredReading.objects.filter(point__name=LIST).count() == 4
    assert PointDay.objects.get(point__name=LIST).readings == 4


def test_a_restart_remembers_the_highest_number(watch: Watch, front: Front) -> None:
    watch.make_a_round(NOW)
    publish(front.service, front.service.pki.crl(number=6))
    with Watch() as restarted:
        assert by_name(restarted.read(NOW + MINUTE))[LIST].problem is Problem.WENT_BACK


def test_history_is_thinned_then_deleted(watch: Watch, front: Front) -> None:
    """One reading in ten minutes after a day, none after thirty."""
    for minute in range(0, 25, 5):
        watch.make_a_round(NOW + minute * MINUTE)
    readings = StoredReading.objects.filter(point__name=LIST)
    assert readings.count() == 5
    recording.prune(NOW + timedelta(days=2))
    assert [row.at for row in readings.order_by("at")] == [
        NOW,
        NOW + 10 * MINUTE,
        NOW + 20 * MINUTE,
    ]
    recording.prune(NOW + timedelta(days=31))
    assert not readings.exists()
    assert not WatchedPoint.objects.exists()

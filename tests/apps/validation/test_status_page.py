"""The public status: in words first, the same as JSON, as figures and as readiness."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from guichet.domain.freshness import Content, Finding, Kind, Point, Problem, Reading, Rule
from guichet.validation import alarms, files, pictures, readiness
from guichet.validation.models import Visibility
from guichet.validation.queries import Day
from guichet.validation.watch import recording
from kit.pki import NOW, Pki

MINUTE = timedelta(minutes=1)
CODE = "ACI-EL-ORG-TEST"
LIST = Point(name=f"crl/{CODE}.crl", kind=Kind.LIST, authority=CODE)
ANSWER = Point(name=f"ocsp/{CODE}", kind=Kind.ANSWER, authority=CODE)
CHAIN = Point(name="ac/chain.p7c", kind=Kind.CHAIN)
pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Client:
    """Somebody who is not logged in; nothing is kept from another test."""
    cache.clear()
    return Client(HTTP_HOST="localhost", headers={"accept-language": "fr"})


def get(visitor: Client, path: str = "/etat/", **extra: Any) -> Any:
    return visitor.get(path, secure=True, **extra)


@pytest.fixture
def now() -> Any:
    from django.utils import timezone  # noqa: PLC0415

    return timezone.now().replace(microsecond=0)


def read(now: Any, **changes: Any) -> tuple[Reading, ...]:
    """A round: a list, an OCSP answer, the chain; `changes` are of the list."""
    told = Content(this_update=now - timedelta(hours=2), next_update=now + timedelta(days=6))
    listed = Reading(point=LIST, at=now, content=replace(told, number=1732449600000), size=4200)
    return (
        replace(listed, **changes),
        Reading(point=ANSWER, at=now, content=told, size=1100, fetch_ms=4),
        Reading(point=CHAIN, at=now, size=9000),
    )


def test_before_the_first_round(visitor: Client) -> None:
    """A page that says what to expect, and JSON without points."""
    page = get(visitor)
    assert page.status_code == 200
    assert "Le premier test est attendu" in page.content.decode()
    assert get(visitor, "/etat.json").json()["points"] == []


def test_all_is_well(visitor: Client, now: Any, django_assert_num_queries: Any) -> None:
    """Words, points, numbers, delays, pictures with a text each; five queries, then none."""
    recording.store(read(now), {})
    for n, delay in enumerate((400, 900, 1500)):
        Visibility.objects.create(
            authority=CODE,
            serial_hex=f"0{n}",
            revoked_at=now - n * MINUTE,
            answer_ms=delay,
            list_ms=delay + 2000,
        )
    with django_assert_num_queries(5):
        page = get(visitor).content.decode()
    with django_assert_num_queries(0):
        again = get(visitor).content.decode()
    assert "Tout est à jour" in page
    assert again.count("<table") == page.count("<table")
    for words in ("1732449600000", "2 h", "400 ms", "900 ms", "1,5 s", "4 ms", CODE):
        assert words.replace(" ", "\u202f") in page or words in page, words
    assert not re.search(r"<[^>]+\s(style|on\w+)=|<script>", page)
    pictures_drawn = re.findall(r"<svg class=\"watch-picture\".*?</svg>", page, re.S)
    assert len(pictures_drawn) == 4
    assert all("<title" in found and "<desc" in found for found in pictures_drawn)
    names = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(names) == sorted(set(names))


def test_what_is_wrong_is_said(visitor: Client, now: Any) -> None:
    """First of all, then at its point, then among alarms, open and past."""
    recording.store(read(now, problem=Problem.FORGED), {})
    alarms.raise_alarm(Finding(Rule.WRONG, LIST.name, {"problem": "forged"}), now)
    alarms.raise_alarm(Finding(Rule.SILENT, "signer", {}), now - MINUTE)
    alarms.clear_alarm((Rule.SILENT, "signer"), now)
    page = get(visitor).content.decode()
    assert page.index("Une partie du service n’est pas à jour") < page.index("Alertes en cours")
    assert page.index("Contenu refusé") < page.index("Pas à jour") < page.index("le signataire")


def test_in_english(visitor: Client, now: Any) -> None:
    recording.store(read(now), {})
    page = get(visitor, headers={"accept-language": "en"}).content.decode()
    assert '<html lang="en"' in page


def test_for_programs(visitor: Client, now: Any) -> None:
    """Instants, octets, milliseconds; anybody may keep it for ten seconds."""
    recording.store(read(now, problem=Problem.OVER), {})
    alarms.raise_alarm(Finding(Rule.WRONG, LIST.name, {"problem": "over"}), now)
    answer = get(visitor, "/etat.json")
    assert answer["Cache-Control"] == "public, max-age=10"
    told = answer.json()
    assert told["verdict"] == "stale"
    (listed,) = (point for point in told["points"] if point["point"] == LIST.name)
    assert (listed["fresh"], listed["problem"], listed["number"]) == (False, "over", 1732449600000)
    assert listed["age_seconds"] >= 7200
    assert [(a["rule"], a["cleared_at"]) for a in told["alarms"]] == [("wrong", None)]
    assert told["visibility"] == {"ocsp": None, "list": None}


def test_readiness(visitor: Client, now: Any, django_assert_num_queries: Any) -> None:
    """503 with the names of what is stale, or with how long nothing was tested."""

    def freshness() -> str:
        return str(get(visitor, "/readyz").json()["checks"]["freshness"])

    recording.store(read(now, problem=Problem.UNREACHABLE, failures=1), {})
    with django_assert_num_queries(2):
        assert freshness() == "ok"
    recording.store(read(now, problem=Problem.UNREACHABLE, failures=2), {})
    assert freshness() == f"stale: {LIST.name}"
    assert get(visitor, "/readyz").status_code == 503
    recording.store(read(now - 6 * MINUTE), {})
    assert re.fullmatch(r"not tested for 36\d s", freshness())


def test_before_the_first_round_lists_speak_for_themselves(
    visitor: Client, state: Path, pki: Pki
) -> None:
    """Of a folder that no watchdog has read yet."""
    at = NOW + timedelta(days=1)
    assert readiness.freshness(at) == "none published"
    files.replace(state / "published" / LIST.name, pki.crl(days=7))
    assert readiness.freshness(at) == "ok"
    assert readiness.freshness(NOW + timedelta(days=7)) == f"stale: {LIST.name}"


def test_figures(visitor: Client, now: Any) -> None:
    recording.store(read(now), {})
    Visibility.objects.create(authority=CODE, serial_hex="01", revoked_at=now, answer_ms=250)
    alarms.raise_alarm(Finding(Rule.LATE, LIST.name, {}), now)
    text = get(visitor, "/metrics").content.decode()
    for line in (
        f'guichet_point_fetch_ok{{point="{LIST.name}"}} 1.0',
        f'guichet_point_size_bytes{{point="{LIST.name}"}} 4200.0',
        f'guichet_point_number{{point="{LIST.name}"}} 1.7324496e+12',
        'guichet_visibility_seconds{by="ocsp",which="worst"} 0.25',
        'guichet_alarms{rule="late"} 1.0',
        'guichet_alarms{rule="wrong"} 0.0',
    ):
        assert line in text, text


def test_pictures_of_thirty_days(now: Any) -> None:
    """The worst day is seen, a day without tests is not taken for a good one."""
    today = now.date()
    one = [Day(today, 10, 0, 5), Day(today - timedelta(days=1), 10, 5, 4)]
    other = [Day(today - timedelta(days=2), 4, 4, 3), Day(today - timedelta(days=40), 9, 9, 9)]
    days = pictures.availability(today, [one, other])
    assert len(days) == 30
    assert [day.percent for day in days[-4:]] == [None, 0, 50, 100]
    drawn = pictures.bars(days)
    assert [bar.level for bar in drawn[-4:]] == ["none", "part", "part", "full"]
    assert [bar.height for bar in drawn[-4:]] == [1, pictures.LEAST, 16, pictures.HIGH]
    assert pictures.line([]) is None
    flat, rising = pictures.line([0]), pictures.line([1, 2, 4])
    assert flat is not None
    assert rising is not None
    assert flat.points.count(",") == 2
    assert (rising.highest, rising.last) == (4, 4)
    heights = [float(point.split(",")[1]) for point in rising.points.split()]
    assert heights == sorted(heights, reverse=True)

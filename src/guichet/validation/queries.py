"""What the watchdog measured, as frozen values."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from guichet.domain.alarms import AlarmState
from guichet.domain.freshness import (
    UNTESTED_AFTER,
    Content,
    Delays,
    Facts,
    Kind,
    Point,
    Problem,
    Reading,
    Rule,
    Verdict,
    verdict,
)
from guichet.validation.models import Alarm, PointDay, Visibility, WatchedPoint

PERIOD: Final = timedelta(days=30)
DAY: Final = timedelta(days=1)
MEASURES: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedAlarm:
    """An alarm; `cleared_at` is None while it is raised."""

    rule: Rule
    subject: str
    facts: Facts
    raised_at: datetime
    cleared_at: datetime | None


@dataclass(frozen=True, slots=True)
class Measure:
    """A revocation followed until OCSP told it."""

    revoked_at: datetime
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a point (UTC): readings, how many of them stale, the last size in octets."""

    day: date
    readings: int
    stale: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything the status page tells. `measures` are the last ones, oldest first."""

    at: datetime
    verdict: Verdict
    readings: tuple[Reading, ...]
    alarms: tuple[RaisedAlarm, ...]
    answers: Delays | None
    lists: Delays | None
    measures: tuple[Measure, ...]
    days: Mapping[str, tuple[Day, ...]]

    @property
    def open_alarms(self) -> tuple[RaisedAlarm, ...]:
        """Those that are raised."""
        return tuple(alarm for alarm in self.alarms if alarm.cleared_at is None)

    @property
    def past_alarms(self) -> tuple[RaisedAlarm, ...]:
        """Those that are over."""
        return tuple(alarm for alarm in self.alarms if alarm.cleared_at is not None)


def snapshot(at: datetime) -> Snapshot:
    """The last readings, alarms and history of thirty days: five queries."""
    readings, alarms = last_readings(), _alarms(at)
    raised = sum(alarm.cleared_at is None for alarm in alarms)
    answers, lists = delays(at)
    return Snapshot(
        at=at,
        verdict=verdict(readings, alarms=raised, at=at),
        readings=readings,
        alarms=alarms,
        answers=answers,
        lists=lists,
        measures=_measures(at),
        days=_days(at),
    )


def last_readings() -> tuple[Reading, ...]:
    """The last reading of every point that is watched, in the order of their names."""
    rows = list(WatchedPoint.objects.order_by("name"))
    newest = max((row.at for row in rows), default=None)
    return tuple(_reading(row) for row in rows if newest and newest - row.at <= UNTESTED_AFTER)


def raised_alarms() -> tuple[RaisedAlarm, ...]:
    """The alarms that are raised, the newest first."""
    return tuple(map(_alarm, Alarm.objects.filter(state=AlarmState.RAISED.value).order_by("-pk")))


def open_rules() -> Mapping[Rule, int]:
    """How many alarms are raised, by rule; every rule is there."""
    found = dict.fromkeys(Rule, 0)
    for rule in Alarm.objects.filter(state=AlarmState.RAISED.value).values_list("rule", flat=True):
        found[Rule(rule)] += 1
    return found


def delays(at: datetime) -> tuple[Delays | None, Delays | None]:
    """Delays of a day until OCSP, then until a list, told revocations; None: none measured."""
    rows = Visibility.objects.filter(revoked_at__gt=at - DAY).order_by("revoked_at")
    found = list(rows.values_list("answer_ms", "list_ms"))
    answers = Delays.of(answer for answer, _ in found if answer is not None)
    return answers, Delays.of(listed for _, listed in found if listed is not None)


def last_tested_at() -> datetime | None:
    """When any point was tested for the last time."""
    return WatchedPoint.objects.order_by("-at").values_list("at", flat=True).first()


def _reading(row: WatchedPoint) -> Reading:
    return Reading(
        point=Point(name=row.name, kind=Kind(row.kind), authority=row.authority),
        at=row.at,
        problem=Problem(row.problem) if row.problem else None,
        content=Content(
            this_update=row.this_update, next_update=row.next_update, number=row.number
        ),
        size=row.size,
        fetch_ms=row.fetch_ms,
        failures=row.failures,
        highest=row.highest,
        good_at=row.good_at,
    )


def _alarms(at: datetime) -> tuple[RaisedAlarm, ...]:
    """Those raised, and those over since thirty days at most, the newest first.

    The public page tells of what is published, not of who works at the counter.
    """
    raised = Alarm.objects.filter(state=AlarmState.RAISED.value)
    rows = raised | Alarm.objects.filter(cleared_at__gt=at - PERIOD)
    public = rows.exclude(rule=Rule.EMERGENCY.value)
    return tuple(map(_alarm, public.order_by("-raised_at", "-pk")))


def _alarm(row: Alarm) -> RaisedAlarm:
    return RaisedAlarm(
        rule=Rule(row.rule),
        subject=row.subject,
        facts=row.facts,
        raised_at=row.raised_at,
        cleared_at=row.cleared_at,
    )


def _measures(at: datetime) -> tuple[Measure, ...]:
    rows = Visibility.objects.filter(answer_ms__isnull=False, revoked_at__gt=at - PERIOD)
    last = rows.order_by("-revoked_at").values_list("revoked_at", "answer_ms")[:MEASURES]
    return tuple(Measure(at, delay) for at, delay in reversed(last) if delay is not None)


def _days(at: datetime) -> Mapping[str, tuple[Day, ...]]:
    found: defaultdict[str, list[Day]] = defaultdict(list)
    rows = PointDay.objects.filter(day__gt=(at - PERIOD).date()).select_related("point")
    for row in rows.order_by("day"):
        found[row.point.name].append(Day(row.day, row.readings, row.stale, row.size))
    return {name: tuple(days) for name, days in found.items()}

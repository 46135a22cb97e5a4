"""The status page: a snapshot in words, rows and small pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from guichet.domain.freshness import Kind, Reading, Verdict, is_stale_by
from guichet.validation import pictures, texts
from guichet.validation.pictures import Availability, Bar, Line
from guichet.validation.queries import RaisedAlarm, Snapshot
from guichet.validation.texts import AlarmWords, alarm_words, lasting, lasting_ms, subject_words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NAMED: Final = 5
STATES: Final = ("fresh", "unsure", "stale")
ORDER: Final = (Kind.ANSWER, Kind.LIST, Kind.DELTA, Kind.CERTIFICATE, Kind.CHAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A point as the page shows it: `state` is "fresh", "unsure" or "stale"."""

    reading: Reading
    kind: "_StrPromise"
    file: str
    state: str
    problem: str
    age: str


@dataclass(frozen=True, slots=True)
class Group:
    """An authority: its points, its thirty days. `code` is empty for what all share."""

    code: str
    rows: tuple[Row, ...]
    days: tuple[Availability, ...]
    bars: tuple[Bar, ...]
    percent: float | None
    sizes: Line | None

    @property
    def state(self) -> str:
        """That of its worst point."""
        return max((row.state for row in self.rows), key=STATES.index)


@dataclass(frozen=True, slots=True)
class ShownAlarm:
    """Alarms of the same words and instants, once: `more` is how many subjects are not named."""

    words: AlarmWords
    raised_at: datetime
    cleared_at: datetime | None
    subjects: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDelays:
    """Delays of a day in words; `by` is what tells a revocation."""

    by: "_StrPromise"
    last: str
    median: str
    worst: str
    count: int


def context(found: Snapshot) -> dict[str, Any]:
    """What the template is given."""
    kind, title, detail = texts.VERDICTS[found.verdict]
    line = pictures.line([one.milliseconds for one in found.measures])
    return {
        "found": found,
        "is_tested": found.verdict is not Verdict.UNTESTED,
        "verdict": {"kind": kind, "title": title, "detail": detail},
        "tested_at": max((reading.at for reading in found.readings), default=None),
        "groups": _groups(found),
        "delays": _delays(found),
        "measures": [(one.revoked_at, lasting_ms(one.milliseconds)) for one in found.measures],
        "delay_line": line,
        "delay_highest": lasting_ms(line.highest) if line else "",
        "delay_last": lasting_ms(line.last) if line else "",
        "raised": _shown(found.open_alarms),
        "past": _shown(found.past_alarms),
        "kinds": [(texts.KINDS[kind], texts.EXPLAINED[kind]) for kind in ORDER],
        "width": pictures.WIDTH,
        "high": pictures.HIGH,
    }


def _groups(found: Snapshot) -> list[Group]:
    codes = sorted({reading.point.authority for reading in found.readings}, key=_codes_first)
    return [_group(code, found) for code in codes]


def _codes_first(code: str) -> tuple[bool, str]:
    return not code, code


def _group(code: str, found: Snapshot) -> Group:
    readings = [reading for reading in found.readings if reading.point.authority == code]
    readings.sort(key=lambda reading: (ORDER.index(reading.point.kind), reading.point.name))
    names = [reading.point.name for reading in readings]
    complete = found.days.get(f"crl/{code}.crl", ())
    histories = [found.days[name] for name in names if name in found.days]
    days = pictures.availability(found.at.date(), histories, complete)
    return Group(
        code,
        tuple(_row(reading, found.at) for reading in readings),
        days,
        pictures.bars(days),
        _percent(days),
        pictures.line([day.size for day in complete]),
    )


def _percent(days: Sequence[Availability]) -> float | None:
    readings = sum(day.readings for day in days)
    if not readings:
        return None
    good = sum(day.readings * (day.percent or 0) for day in days) / readings
    return int(good * 100) / 100  # never rounded up to a hundred


def _row(reading: Reading, at: datetime) -> Row:
    made = reading.content.this_update
    is_stale = is_stale_by(reading, at)
    return Row(
        reading=reading,
        kind=texts.KINDS[reading.point.kind],
        file=reading.point.name.rpartition("/")[2] if reading.point.kind is not Kind.ANSWER else "",
        state="stale" if is_stale else "unsure" if reading.problem else "fresh",
        problem=str(texts.PROBLEMS[reading.problem]) if reading.problem else "",
        age=lasting(at - made) if made else "",
    )


def _delays(found: Snapshot) -> list[ShownDelays]:
    named = ((texts.KINDS[Kind.ANSWER], found.answers), (texts.KINDS[Kind.LIST], found.lists))
    return [
        ShownDelays(
            by=name,
            last=lasting_ms(one.last),
            median=lasting_ms(one.median),
            worst=lasting_ms(one.worst),
            count=one.count,
        )
        for name, one in named
        if one is not None
    ]


def _shown(alarms: Sequence[RaisedAlarm]) -> list[ShownAlarm]:
    found: dict[tuple[AlarmWords, datetime, datetime | None], list[str]] = {}
    for alarm in alarms:
        key = alarm_words(alarm.rule.value, alarm.facts), alarm.raised_at, alarm.cleared_at
        found.setdefault(key, []).append(subject_words(alarm.subject))
    return [
        ShownAlarm(*key, tuple(subjects[:NAMED]), len(subjects[NAMED:]))
        for key, subjects in found.items()
    ]

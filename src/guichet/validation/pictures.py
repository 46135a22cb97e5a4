"""Small pictures of history: their points and bars, in a picture's own units."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from guichet.validation.queries import Day

DAYS: Final = 30
WIDTH: Final = 240
HIGH: Final = 32
BAR: Final = WIDTH // DAYS
LEAST: Final = 4
"""So high is the lowest bar: a day without any good reading is seen too."""


@dataclass(frozen=True, slots=True)
class Availability:
    """A day: how many readings, the share of good ones in percent, None without reading."""

    day: date
    readings: int
    percent: float | None
    size: int

    @property
    def level(self) -> str:
        """The kind of its bar: full, part, none."""
        if self.percent is None:
            return "none"
        return "full" if self.percent == 100 else "part"


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the picture of availability."""

    x: int
    y: int
    height: int
    level: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line over time: the points of an SVG polyline, the last of them apart."""

    points: str
    last_x: float
    last_y: float
    lowest: int
    highest: int
    last: int


def availability(today: date, histories: Iterable[Sequence[Day]]) -> tuple[Availability, ...]:
    """The last thirty days of some points together, the present day last."""
    found: dict[date, tuple[int, int, int]] = {}
    for day in (day for history in histories for day in history):
        readings, stale, size = found.get(day.day, (0, 0, 0))
        found[day.day] = readings + day.readings, stale + day.stale, max(size, day.size)
    first = today - timedelta(days=DAYS - 1)
    return tuple(
        _availability(first + timedelta(days=n), found.get(first + timedelta(days=n)))
        for n in range(DAYS)
    )


def _availability(day: date, found: tuple[int, int, int] | None) -> Availability:
    if found is None or not found[0]:
        return Availability(day, 0, None, 0)
    readings, stale, size = found
    return Availability(day, readings, 100 * (readings - stale) / readings, size)


def bars(days: Sequence[Availability]) -> tuple[Bar, ...]:
    """One bar a day, as high as the day was good."""
    return tuple(_bar(n, day) for n, day in enumerate(days))


def _bar(place: int, day: Availability) -> Bar:
    share = 0 if day.percent is None else day.percent / 100
    height = max(LEAST, round(HIGH * share)) if day.percent is not None else 1
    return Bar(place * BAR + 1, HIGH - height, height, day.level)


def line(values: Sequence[int]) -> Line | None:
    """The line of values in order, the highest at the top; None without any value.

    The scale begins at zero: a small change must not look large.
    """
    if not values:
        return None
    highest = max(values)
    step = (WIDTH - 8) / max(1, len(values) - 1)
    places = [
        (round(4 + n * step, 1), round(HIGH - 3 - (HIGH - 6) * value / (highest or 1), 1))
        for n, value in enumerate(values)
    ]
    if len(places) == 1:
        places = [(4, places[0][1]), (WIDTH - 4, places[0][1])]
    points = " ".join(f"{x},{y}" for x, y in places)
    return Line(points, *places[-1], min(values), highest, values[-1])

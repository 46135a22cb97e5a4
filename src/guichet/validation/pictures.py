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
    """A day: readings, the share of good ones in percent (None: no reading), a list's octets."""

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
    highest: int
    last: int


def availability(
    today: date, histories: Iterable[Sequence[Day]], sized: Sequence[Day] = ()
) -> tuple[Availability, ...]:
    """The last thirty days of some points together, the present day last; sizes are of one."""
    found: dict[date, tuple[int, int]] = {}
    for day in (day for history in histories for day in history):
        readings, stale = found.get(day.day, (0, 0))
        found[day.day] = readings + day.readings, stale + day.stale
    sizes = {day.day: day.size for day in sized}
    days = [today - timedelta(days=n) for n in reversed(range(DAYS))]
    return tuple(_availability(day, *found.get(day, (0, 0)), sizes.get(day, 0)) for day in days)


def _availability(day: date, readings: int, stale: int, size: int) -> Availability:
    percent = 100 * (readings - stale) / readings if readings else None
    return Availability(day, readings, percent, size)


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
    return Line(points, *places[-1], highest, values[-1])

"""Calendar months, which are not all as long."""

from calendar import monthrange
from datetime import date
from typing import TypeVar

Day = TypeVar("Day", bound=date)


def months_after(day: Day, months: int) -> Day:
    """The same day of a later month, or its last when it is shorter; an instant keeps its time."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def first_days(day: date, after: int, count: int) -> tuple[date, ...]:
    """The first days of `count` months in a row; the first is `after` months after the day's."""
    first = day.replace(day=1)
    return tuple(months_after(first, after + n) for n in range(count))

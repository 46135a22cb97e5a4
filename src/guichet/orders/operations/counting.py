"""Counting days that are over, by the clerk, so that no page counts a year of orders."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from guichet.orders import figures
from guichet.orders.models import Counter, Order, OrderDay

DAYS_A_ROUND: Final = 31
# What began before midnight is committed by then.
OVER_FOR: Final = timedelta(hours=1)


@transaction.atomic
def count_days(at: datetime) -> int:
    """Count the days that are over and were not, the oldest first; how many days.

    Days are counted once: a clerk that runs beside another waits, then finds nothing to do.
    """
    last_over = timezone.localdate(at - OVER_FOR) - timedelta(days=1)
    row = Counter.objects.select_for_update().filter(series=figures.SERIES).first()
    first = date.fromordinal(row.last) + timedelta(days=1) if row else _first_day()
    if first is None or first > last_over:
        return 0
    until = min(last_over, first + timedelta(days=DAYS_A_ROUND - 1))
    _, is_new = Counter.objects.update_or_create(
        series=figures.SERIES, defaults={"last": until.toordinal()}
    )
    if is_new == (row is None):
        found = figures.count(first, until)
        OrderDay.objects.bulk_create([_row(group, counted) for group, counted in found.items()])
    return (until - first).days + 1


def _row(group: figures.Group, found: figures.Figures) -> OrderDay:
    return OrderDay(**group._asdict(), **found.counts, delays=dict(found.delays))


def _first_day() -> date | None:
    """The day of the first order; None before."""
    first: datetime | None = Order.objects.aggregate(first=Min("placed_at"))["first"]
    return timezone.localdate(first) if first else None

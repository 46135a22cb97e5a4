"""Keeping readings for thirty days; while the database is away they wait, up to a limit."""

import logging
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import Error as DatabaseFaultError
from django.db import transaction

from guichet.domain.freshness import Reading
from guichet.validation.models import Alarm, PointDay, StoredReading, Visibility, WatchedPoint

logger = logging.getLogger(__name__)
KEPT: Final = timedelta(days=30)
DENSE: Final = timedelta(days=1)
SLOT_S: Final = 600
WAITING_AT_MOST: Final = 1440
"""Rounds: a day of them."""
POINT_FIELDS: Final = (
    *("kind", "authority", "at", "problem", "failures", "this_update", "next_update", "number"),
    *("highest", "size", "fetch_ms", "good_at"),
)

Round = Sequence[Reading]


class Recorder:
    """Stores rounds in order, each in one transaction."""

    def __init__(self) -> None:
        self._waiting: deque[Round] = deque(maxlen=WAITING_AT_MOST)
        self._slots: dict[str, int] = {}

    @property
    def waiting(self) -> int:
        """How many rounds the database has not taken yet."""
        return len(self._waiting)

    def add(self, readings: Round) -> bool:
        """Store readings and those that wait; False when the database does not take them."""
        self._waiting.append(readings)
        try:
            while self._waiting:
                store(self._waiting[0], self._slots)
                self._waiting.popleft()
        except DatabaseFaultError:
            logger.warning("%d rounds of readings wait for the database", len(self._waiting))
            return False
        return True


@transaction.atomic
def store(readings: Round, slots: dict[str, int]) -> None:
    """Store one round: last readings, history, days. `slots` says what is kept beyond a day."""
    if not readings:
        return
    rows = [_point(reading) for reading in readings]
    WatchedPoint.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["name"], update_fields=POINT_FIELDS
    )
    kept = {reading.point.name: int(reading.at.timestamp()) // SLOT_S for reading in readings}
    StoredReading.objects.bulk_create(
        StoredReading(point=row, is_kept=slots.get(row.name) != kept[row.name], **_history(row))
        for row in rows
    )
    _count(rows, readings)
    slots.update(kept)


def _point(reading: Reading) -> WatchedPoint:
    content = reading.content
    return WatchedPoint(
        name=reading.point.name,
        kind=reading.point.kind.value,
        authority=reading.point.authority,
        at=reading.at,
        problem=reading.problem.value if reading.problem else "",
        failures=reading.failures,
        this_update=content.this_update,
        next_update=content.next_update,
        number=content.number,
        highest=reading.highest,
        size=reading.size,
        fetch_ms=reading.fetch_ms,
        good_at=reading.good_at,
    )


def _history(row: WatchedPoint) -> dict[str, Any]:
    names = ("at", "problem", "this_update", "next_update", "number", "size", "fetch_ms")
    return {name: getattr(row, name) for name in names}


def _count(rows: Sequence[WatchedPoint], readings: Round) -> None:
    """Add a round to the days of its points."""
    day = readings[0].at.date()
    known = {found.point_id: found for found in PointDay.objects.filter(day=day)}
    for row, reading in zip(rows, readings, strict=True):
        found = known.setdefault(row.pk, PointDay(point_id=row.pk, day=day))
        found.readings += 1
        found.stale += reading.is_stale
        found.size = reading.size
    PointDay.objects.bulk_create(
        [known[row.pk] for row in rows],
        update_conflicts=True,
        unique_fields=["point", "day"],
        update_fields=["readings", "stale", "size"],
    )


@transaction.atomic
def prune(at: datetime) -> int:
    """Thin readings out after a day, delete them after thirty; points not read since go too."""
    old = at - KEPT
    dense = StoredReading.objects.filter(at__lt=at - DENSE, is_kept=False)
    done = dense.delete()[0] + StoredReading.objects.filter(at__lt=old).delete()[0]
    PointDay.objects.filter(day__lt=old.date()).delete()
    Visibility.objects.filter(revoked_at__lt=old).delete()
    Alarm.objects.filter(cleared_at__lt=old).delete()
    WatchedPoint.objects.filter(good_at__lt=old).delete()
    return done

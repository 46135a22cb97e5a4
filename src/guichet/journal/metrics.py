"""Prometheus figures of the journal: its length, how far the published log is behind, backups."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from guichet.journal import queries, stamping
from guichet.journal.events import Event
from guichet.journal.log import CHECKPOINT
from guichet.web.metrics import Gauge, age, one

LOG: Final = "journal"
"""Folder of the log, among what is published."""
SIZE_LINE: Final = 1
"""Of a checkpoint: origin, size, root (C2SP tlog-checkpoint)."""
KEPT: Final = timedelta(minutes=5)


class LastBackup:
    """When a backup was last told of; the journal is long, and asked every five minutes alone."""

    def __init__(self) -> None:
        self._asked_at: datetime | None = None
        self._last: datetime | None = None

    def at(self, now: datetime) -> datetime | None:
        """As it was told; None when none ever was."""
        if self._asked_at is None or abs(now - self._asked_at) > KEPT:
            self._last, self._asked_at = queries.last_told(Event.BACKUP_MADE), now
        return self._last


BACKUPS: Final = LastBackup()


def read(at: datetime) -> Iterator[Gauge]:
    """What is not in the published log yet waits since its first entry was told."""
    head, size = queries.head().seq, published_size()
    waiting = queries.told_at(size + 1) if head > size else None
    yield one("journal_entries", "Entries of the journal", head)
    yield one("journal_behind_entries", "Entries not in the published log yet", max(0, head - size))
    yield one("journal_behind_seconds", "Since when the first of them waits", age(waiting, at))
    stamped = stamping.last_kept(settings.GUICHET.published / LOG)
    if stamped is not None:
        told = "Since a checkpoint was last time-stamped"
        yield one("journal_timestamp_age_seconds", told, age(stamped, at))
    if (last := BACKUPS.at(at)) is not None:
        yield one("backup_age_seconds", "Since the last backup was made", age(last, at))


def published_size() -> int:
    """How many entries the published checkpoint covers; 0 before the first."""
    file: Path = settings.GUICHET.published / LOG / CHECKPOINT
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return 0
    size = lines[SIZE_LINE] if len(lines) > SIZE_LINE else ""
    return int(size) if size.isascii() and size.isdigit() else 0

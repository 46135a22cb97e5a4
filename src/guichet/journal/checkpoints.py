"""The chain's head, written outside the database: a cut tail is found against it.

The first checkpoint is told by an entry, so that a file lost or begun anew is found too.
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from guichet.journal import operations, queries
from guichet.journal.events import Event

LAST_LINE_AT_MOST: Final = 4096
ACTOR: Final = "clerk"


class JournalWentBackError(Exception):
    """The database holds less than the checkpoints say: an old backup, or a cut tail."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of the chain as it was at an instant."""

    seq: int
    digest: str
    at: datetime

    def line(self) -> str:
        """One JSON line."""
        return json.dumps(
            {"seq": self.seq, "digest": self.digest, "at": self.at.astimezone(UTC).isoformat()}
        )


def path() -> Path:
    """Where checkpoints are kept; copy this file off the machine for a stronger anchor."""
    folder: Path = settings.GUICHET.state / "journal"
    return folder / "checkpoints.jsonl"


def read() -> tuple[Checkpoint, ...]:
    """Every checkpoint, oldest first. Raises ValueError when a line is not one."""
    return read_file(path())


def read_file(file: Path) -> tuple[Checkpoint, ...]:
    """Those of a copy of the file; none where there is no file. Raises ValueError."""
    if not file.exists():
        return ()
    return tuple(_parse(line) for line in file.read_text().splitlines() if line)


def write(at: datetime) -> Checkpoint | None:
    """Append the head when it moved since the last line; nothing otherwise.

    Raises JournalWentBackError when the head is behind the last checkpoint.
    """
    last = _last()
    head = queries.head() if last else _begun(at)
    if last and head.seq < last.seq:
        raise JournalWentBackError(f"head {head.seq}, last checkpoint {last.seq}")
    if head.seq == (last.seq if last else 0):
        return None
    checkpoint = Checkpoint(head.seq, head.digest, at)
    _append(checkpoint)
    return checkpoint


@transaction.atomic
def _begun(at: datetime) -> queries.Position:
    """The head, once it tells that checkpoints begin; only once: a lost file stays to be seen."""
    head = queries.head()
    if head.seq == 0 or queries.is_told(Event.CHECKPOINTS_BEGUN):
        return head
    operations.record(Event.CHECKPOINTS_BEGUN, subject="journal:checkpoints", actor=ACTOR, at=at)
    return queries.head()


def _append(checkpoint: Checkpoint) -> None:
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a") as stream:
        stream.write(checkpoint.line() + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def _last() -> Checkpoint | None:
    file = path()
    if not file.exists():
        return None
    with file.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - LAST_LINE_AT_MOST))
        lines = stream.read().decode().splitlines()
    return _parse(lines[-1]) if lines else None


def _parse(line: str) -> Checkpoint:
    try:
        values = json.loads(line)
        return Checkpoint(
            int(values["seq"]), str(values["digest"]), datetime.fromisoformat(values["at"])
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a checkpoint: {line[:100]}") from error

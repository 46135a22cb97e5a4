"""Having the published checkpoint time-stamped, and what is kept of it.

What is stamped is the published note, octet for octet, and it is kept beside its token: whoever
has both needs nothing of ours to verify them. The log never waits for an authority.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from guichet.journal import notes
from guichet.journal.log import CHECKPOINT, VKEY
from guichet.journal.notes import TreeHead, VerifierKey
from guichet.journal.tiles import Write, reader
from guichet.journal.timestamps import Authority, TimestampError, question, verified

FOLDER: Final = "timestamps"
TSR: Final = ".tsr"
STAMPED: Final = ".checkpoint"
PERIOD: Final = timedelta(hours=1)
APART: Final = timedelta(minutes=5)
"""Between the clock of the authority and ours: a token of another day is of no use."""
Ask = Callable[[bytes], bytes]
"""Sends a query to the authority; its answer. OSError."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A token as it is published, and the note beside it; None for a note that is lost."""

    size: int
    note: bytes | None
    token: bytes


def kept(published: Path) -> Iterator[Kept]:
    """Every time-stamp that is published, by size."""
    read = reader(published / FOLDER)
    files = (published / FOLDER).glob(f"*{TSR}")
    for size in sorted(int(file.stem) for file in files if notes.SIZE.fullmatch(file.stem)):
        yield Kept(size, read(f"{size}{STAMPED}"), read(f"{size}{TSR}") or b"")


def last_kept(published: Path) -> datetime | None:
    """When a time-stamp was last added, as the folder itself tells; None before the first."""
    try:
        return datetime.fromtimestamp((published / FOLDER).stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


class Stamper:
    """Has the published checkpoint stamped: the first at once, then one an hour at most."""

    def __init__(self, published: Path, write: Write, authority: Authority, ask: Ask) -> None:
        self._published, self._write, self._ask = published, write, ask
        self._roots = authority.certificates()

    def stamp(self, at: datetime) -> bool:
        """Ask for a time-stamp and keep it, if it is time and the log grew; whether it was done.

        Raises OSError, TimestampError, NoteError: nothing is kept, and it may be tried again.
        """
        last = last_kept(self._published)
        if last is not None and last <= at < last + PERIOD:
            return False
        found = self._new()
        if found is None:
            return False
        head, note = found
        query, nonce = question(note)
        answer = self._ask(query)
        told = verified(answer, note, self._roots, nonce)
        if abs(told - at) > APART:
            raise TimestampError(f"it tells {told.isoformat()}, and it is {at.isoformat()} here")
        # In this order: a token is never seen without what it stamps.
        self._write(self._path(head, STAMPED), note)
        self._write(self._path(head, TSR), answer)
        return True

    def _new(self) -> tuple[TreeHead, bytes] | None:
        """The published checkpoint, unless there is none or it has its time-stamp."""
        read = reader(self._published)
        note, key = read(CHECKPOINT), read(VKEY)
        if note is None or key is None:
            return None
        vkey = VerifierKey.parse(key.decode(errors="replace"))
        _, head = notes.opened(note.decode(errors="replace"), vkey)
        return None if self._path(head, TSR).exists() else (head, note)

    def _path(self, head: TreeHead, kind: str) -> Path:
        return self._published / FOLDER / f"{head.size}{kind}"

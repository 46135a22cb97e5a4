"""Reading the whole chain again, to find an edit, a deletion, an insertion or a cut tail."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guichet.journal import queries
from guichet.journal.chain import GENESIS, Link
from guichet.journal.checkpoints import Checkpoint
from guichet.journal.models import Entry
from guichet.journal.queries import Position

CHUNK: Final = 2000


class FaultKind(StrEnum):
    """What is wrong at one place of the chain."""

    EDITED = "edited"
    MISSING = "missing"
    UNCHAINED = "unchained"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: at which entry, of which kind, and a sentence for the operator."""

    seq: int
    kind: FaultKind
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on the whole journal."""

    entries: int
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


def verify(checkpoints: Iterable[Checkpoint] = ()) -> Report:
    """Walk every entry; compare with the head and with the checkpoints kept outside.

    Entries recorded while this runs are verified too, or left for the next time; they are
    never taken for faults.
    """
    expected = {point.seq: point.digest for point in checkpoints}
    before = queries.head()
    walk = _Walk(expected)
    faults = [fault for row in _rows() for fault in walk.check(row)]
    faults += _tail(walk.last, expected)
    faults += _heads(walk.last, before, queries.head())
    return Report(walk.entries, tuple(faults))


class _Walk:
    """The state of one reading: what the next entry must continue."""

    def __init__(self, expected: Mapping[int, str]) -> None:
        self.last = Position(0, GENESIS)
        self.entries = 0
        self._expected = expected

    def check(self, row: Entry) -> Iterator[Fault]:
        """Faults of one entry against what precedes it."""
        seq = row.seq
        if seq != self.last.seq + 1:
            gap = f"{self.last.seq + 1}-{seq - 1}"
            yield Fault(self.last.seq + 1, FaultKind.MISSING, f"entries {gap} are missing")
        elif row.previous != self.last.digest:
            yield Fault(seq, FaultKind.UNCHAINED, f"entry {seq} does not continue entry {seq - 1}")
        if _link(row).digest() != row.digest:
            yield Fault(seq, FaultKind.EDITED, f"the content of entry {seq} is not what was hashed")
        if self._expected.get(seq, row.digest) != row.digest:
            yield Fault(seq, FaultKind.REWRITTEN, f"entry {seq} differs from its checkpoint")
        self.last = Position(seq, row.digest)
        self.entries += 1


def _tail(last: Position, expected: Mapping[int, str]) -> Iterator[Fault]:
    known = max(expected, default=0)
    if known > last.seq:
        message = f"a checkpoint knows entry {known}, the journal ends at {last.seq}"
        yield Fault(last.seq + 1, FaultKind.TRUNCATED, message)


def _heads(last: Position, before: Position, after: Position) -> Iterator[Fault]:
    """The head read before the walk must lie within it, the one read after at or past its end."""
    if before.seq > last.seq:
        message = f"the head names entry {before.seq}, the journal ends at {last.seq}"
        yield Fault(last.seq + 1, FaultKind.HEAD, message)
    elif after.seq < last.seq or (after.seq == last.seq and after.digest != last.digest):
        yield Fault(last.seq, FaultKind.HEAD, f"the head does not name entry {last.seq}")


def _rows() -> Iterator[Entry]:
    return Entry.objects.order_by("seq").iterator(chunk_size=CHUNK)


def _link(row: Entry) -> Link:
    return Link(
        seq=row.seq,
        event=row.event,
        subject=row.subject,
        actor=row.actor,
        at=row.at,
        facts=row.facts,
        previous=row.previous,
    )

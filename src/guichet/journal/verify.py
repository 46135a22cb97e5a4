"""Reading the whole chain again, to find an edit, a deletion, an insertion or a cut tail.

The chain finds what was changed inside it. What was cut off its end is found by what stands outside
it: the checkpoints, kept outside the database, and the other tables (see witnesses.py). A part that
was erased is accepted where an entry tells of the erasure.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from guichet.journal import erased, queries
from guichet.journal.chain import GENESIS, Kept
from guichet.journal.checkpoints import Checkpoint
from guichet.journal.events import Event
from guichet.journal.queries import Position
from guichet.journal.witnesses import Witness, untold


class FaultKind(StrEnum):
    """What is wrong at one place of the chain."""

    EDITED = "edited"
    MISSING = "missing"
    UNCHAINED = "unchained"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    HEAD = "head"
    NO_CHECKPOINT = "no-checkpoint"
    UNTOLD = "untold"
    ERASED = "erased"
    FORK = "fork"
    TILE = "tile"
    KEY = "key"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: at which entry (0: at none), of which kind, a sentence for the operator."""

    seq: int
    kind: FaultKind
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on the whole journal. `erased`: how many entries lost a part to an erasure."""

    entries: int
    faults: tuple[Fault, ...]
    erased: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


def verify(
    checkpoints: Iterable[Checkpoint] | None = None, witnesses: Iterable[Witness] = ()
) -> Report:
    """Walk every entry; compare with the head, the checkpoints and the witnesses.

    `checkpoints` are those kept outside, None to read the chain alone. Entries recorded while this
    runs are verified too, or left for the next time; they are never taken for faults.
    """
    expected = {point.seq: point.digest for point in checkpoints or ()}
    before = queries.head()
    walk = _Walk(expected)
    faults = [fault for kept in queries.every_entry() for fault in walk.check(kept)]
    faults += walk.untold_erasures()
    faults += _tail(walk.last, expected)
    faults += _heads(walk.last, before, queries.head())
    # After the walk: what is stored from now on was told before, and what was told stays.
    lost = [Fault(0, FaultKind.UNTOLD, f"no entry tells: {found}") for found in untold(witnesses)]
    if checkpoints is not None:
        faults += _anchor(expected, walk, is_empty=walk.entries == 0 and not lost)
    return Report(walk.entries, (*faults, *lost), len(walk.erased))


def verify_copy(
    entries: Iterable[Kept], head: Position, checkpoints: Iterable[Checkpoint]
) -> Report:
    """The same of a journal that was copied: its entries, its head."""
    expected = {point.seq: point.digest for point in checkpoints}
    walk = _Walk(expected)
    faults = [fault for kept in entries for fault in walk.check(kept)]
    faults += walk.untold_erasures()
    faults += _tail(walk.last, expected)
    faults += _heads(walk.last, head, head)
    faults += _anchor(expected, walk, is_empty=walk.entries == 0)
    return Report(walk.entries, tuple(faults), len(walk.erased))


class _Walk:
    """The state of one reading: what the next entry must continue."""

    def __init__(self, expected: Mapping[int, str]) -> None:
        self.last = Position(0, GENESIS)
        self.entries = 0
        self.anchored_at = 0
        self.erased: set[int] = set()
        self._told_erased: set[int] = set()
        self._expected = expected

    def check(self, kept: Kept) -> Iterator[Fault]:
        """Faults of one entry, as it is stored, against what precedes it."""
        link, digest = kept.link, kept.digest
        seq = link.seq
        if seq != self.last.seq + 1:
            gap = f"{self.last.seq + 1}-{seq - 1}"
            yield Fault(self.last.seq + 1, FaultKind.MISSING, f"entries {gap} are missing")
        elif link.previous != self.last.digest:
            yield Fault(seq, FaultKind.UNCHAINED, f"entry {seq} does not continue entry {seq - 1}")
        if not kept.is_true():
            yield Fault(seq, FaultKind.EDITED, f"the content of entry {seq} is not what was hashed")
        if self._expected.get(seq, digest) != digest:
            yield Fault(seq, FaultKind.REWRITTEN, f"entry {seq} differs from its checkpoint")
        if link.event == Event.CHECKPOINTS_BEGUN and not self.anchored_at:
            self.anchored_at = seq
        if kept.is_erased():
            self.erased.add(seq)
        if link.event == Event.ENTRIES_ERASED:
            self._told_erased |= erased.told_by(link.facts)
        self.last = Position(seq, digest)
        self.entries += 1

    def untold_erasures(self) -> Iterator[Fault]:
        """Parts that are missing although no entry tells that they were erased."""
        for seq in sorted(self.erased - self._told_erased):
            yield Fault(seq, FaultKind.ERASED, f"no entry tells why entry {seq} was erased")


def _tail(last: Position, expected: Mapping[int, str]) -> Iterator[Fault]:
    known = max(expected, default=0)
    if known > last.seq:
        message = f"a checkpoint knows entry {known}, the journal ends at {last.seq}"
        yield Fault(last.seq + 1, FaultKind.TRUNCATED, message)


def _anchor(expected: Mapping[int, str], walk: _Walk, *, is_empty: bool) -> Iterator[Fault]:
    """The checkpoints go back to the first that was made: their file was not lost or begun anew."""
    first = min(expected, default=0)
    if not expected and not is_empty:
        message = "no checkpoint is kept outside the database: entries may have been cut off"
        yield Fault(0, FaultKind.NO_CHECKPOINT, message)
    elif walk.anchored_at and first > walk.anchored_at:
        message = f"the first checkpoint was made at entry {walk.anchored_at}, not {first}"
        yield Fault(walk.anchored_at, FaultKind.NO_CHECKPOINT, message)


def _heads(last: Position, before: Position, after: Position) -> Iterator[Fault]:
    """The head read before the walk must lie within it, the one read after at or past its end."""
    if before.seq > last.seq:
        message = f"the head names entry {before.seq}, the journal ends at {last.seq}"
        yield Fault(last.seq + 1, FaultKind.HEAD, message)
    elif after.seq < last.seq or (after.seq == last.seq and after.digest != last.digest):
        yield Fault(last.seq, FaultKind.HEAD, f"the head does not name entry {last.seq}")

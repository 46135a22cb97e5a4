"""Holding the journal against its log: every signed checkpoint, and every tile that is published.

The tree is made again from the journal's digests, which verify.py holds against the entries. What
somebody rewrote whole, chain, head and checkpoints of the chain, is found here: nobody can sign
another root without the log's key, and whoever has it cannot take back what others kept.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from cryptography.x509 import Certificate

from guichet.journal import notes, queries, stamping
from guichet.journal.log import VKEY
from guichet.journal.notes import NoteError, SignerKey, TreeHead, VerifierKey
from guichet.journal.publishing import KEY
from guichet.journal.stamping import Kept
from guichet.journal.tiles import CHECKPOINT, Edge, reader
from guichet.journal.timestamps import Authority, TimestampError, verified
from guichet.journal.verify import Fault, FaultKind

PUBLISHED: Final = "the one published"
SIGNED: Final = "the last one signed"
NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class Audit:
    """What was compared: how many checkpoints and tiles, under which key; and the faults.

    `timestamps`: how many of those checkpoints are time-stamped.
    """

    vkey: str
    checkpoints: int
    tiles: int
    faults: tuple[Fault, ...]
    timestamps: int = 0


def audit(
    published: Path, keys: Path, others: Mapping[str, str], authority: Authority | None = None
) -> Audit | None:
    """Compare with the log; None where there is none yet and nothing else is given.

    `others` are checkpoints kept elsewhere, by a name that operators know: those of witnesses, of
    evidence files, of a copy made before. Time-stamps are believed under the authority's roots.
    """
    stamps = tuple(stamping.kept(published))
    told = {PUBLISHED: reader(published)(CHECKPOINT), SIGNED: reader(keys)(CHECKPOINT)}
    given = {name: text.decode(errors="replace") for name, text in told.items() if text}
    given |= {_stamped(one): one.note.decode(errors="replace") for one in stamps if one.note}
    found = _vkey(published, keys)
    if found is None:
        return _without_key(given | dict(others))
    heads, faults = dict[str, TreeHead](), list[Fault]()
    for name, text in (given | dict(others)).items():
        try:
            heads[name] = notes.opened(text, found)[1]
        except NoteError as error:
            faults.append(Fault(0, FaultKind.KEY, f"checkpoint ({name}): {error}"))
    walk = _Walk(published, heads)
    faults += walk.faults()
    faults += _stamp_faults(stamps, (authority or Authority()).certificates())
    return Audit(str(found), len(heads), walk.tiles, tuple(faults), len(stamps))


def _stamped(stamp: Kept) -> str:
    return f"time-stamped, {stamp.size}{stamping.STAMPED}"


def _stamp_faults(stamps: Sequence[Kept], roots: list[Certificate]) -> Iterator[Fault]:
    """What a time-stamp itself does not hold; its checkpoint is compared as every other."""
    if stamps and not roots:
        message = "time-stamps are kept and GUICHET_JOURNAL_TSA_ROOTS names no root to believe them"
        yield Fault(0, FaultKind.TIMESTAMP, message)
        return
    for stamp in stamps:
        name = f"{stamp.size}{stamping.TSR}"
        if stamp.note is None:
            message = f"{name}: the checkpoint that it stamps is missing"
            yield Fault(stamp.size, FaultKind.TIMESTAMP, message)
            continue
        try:
            verified(stamp.token, stamp.note, roots)
        except TimestampError as error:
            message = f"{name}: {error}"
            yield Fault(stamp.size, FaultKind.TIMESTAMP, message)


def _vkey(published: Path, keys: Path) -> VerifierKey | None:
    """The log's own; for somebody who may not read its folder, the one that is published."""
    if (keys / KEY).exists():
        return SignerKey.parse((keys / KEY).read_text()).verifier
    told = reader(published)(VKEY)
    return VerifierKey.parse(told.decode()) if told else None


def _without_key(given: Mapping[str, str]) -> Audit | None:
    if not given:
        return None
    fault = Fault(0, FaultKind.KEY, f"no key of the log is there to believe {', '.join(given)}")
    return Audit("", 0, 0, (fault,))


class _Walk:
    """The tree made again, up to the largest size that somebody knows."""

    def __init__(self, published: Path, heads: Mapping[str, TreeHead]) -> None:
        self._read = reader(published)
        self._heads = heads
        self._published = heads.get(PUBLISHED)
        self._edge = Edge()
        self._changed: list[str] = []
        self.tiles = 0

    def faults(self) -> Iterator[Fault]:
        """Walk once; of many tiles that differ the first are named."""
        reach = max((head.size for head in self._heads.values()), default=0)
        wanted = {head.size for head in self._heads.values()}
        roots = dict(self._roots(islice(queries.every_digest(), reach), wanted))
        for name, head in self._heads.items():
            if head.size > self._edge.size:
                message = f"checkpoint ({name}) holds entry {head.size}, which is not there"
                yield Fault(self._edge.size + 1, FaultKind.TRUNCATED, message)
            elif roots[head.size] != head.root:
                message = f"checkpoint ({name}) is of another journal, up to entry {head.size}"
                yield Fault(head.size, FaultKind.FORK, message)
        for name in self._changed[:NAMED]:
            yield Fault(0, FaultKind.TILE, f"{name} is missing, or is not that of the journal")

    def _roots(self, digests: Iterable[str], wanted: set[int]) -> Iterator[tuple[int, bytes]]:
        shown = self._published.size if self._published else 0
        yield 0, self._edge.root()
        for digest in digests:
            compare = self._compare if self._edge.size < shown else _pass_over
            self._edge.add(_octets(digest), compare)
            if self._edge.size == shown:
                self._edge.put_partial(self._compare)
            if self._edge.size in wanted:
                yield self._edge.size, self._edge.root()

    def _compare(self, name: str, content: bytes) -> None:
        self.tiles += 1
        if self._read(name) != content:
            self._changed.append(name)


def _pass_over(_name: str, _content: bytes) -> None:
    """A tile past what is published."""


def _octets(digest: str) -> bytes:
    """Whatever somebody wrote there: a digest that is none makes another root."""
    try:
        return bytes.fromhex(digest)
    except ValueError:
        return digest.encode()

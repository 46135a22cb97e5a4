"""Growing the log: journal entries become leaves, tiles are written, checkpoints are signed.

One writer at a time. The folder of the key keeps the last checkpoint that was signed, and it is
there before anybody sees it: no other root is ever signed for its size, and what was killed or lost
since is made again from the journal.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import transaction

from guichet.journal import notes, operations, queries
from guichet.journal.chain import GENESIS, Kept
from guichet.journal.events import Event
from guichet.journal.log import VKEY
from guichet.journal.notes import Note, SignerKey, TreeHead
from guichet.journal.tiles import CHECKPOINT, Edge, TileError, Write, reader

KEY: Final = "log.key"
FOLDER: Final = "transparency"
"""Of the state: the key, the last checkpoint that was signed, and why the log stopped."""
STOPPED: Final = "stopped.json"
CHUNK: Final = 2000
REST: Final = timedelta(seconds=1)
ACTOR: Final = "publisher"


class LogStoppedError(Exception):
    """The journal is not what the log holds, or does not chain: `seq` is the entry where it shows.

    Nothing more is integrated until an operator has looked.
    """

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(f"entry {seq}: {why}")
        self.seq, self.why = seq, why


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the log is: what is published, the folder of its key, the name that it has."""

    published: Path
    keys: Path
    origin: str
    write: Write


class LogWriter:
    """Follows the journal; each call of `integrate` is a step, taken up again whenever it was cut.

    `endorse` may add signatures of others to a checkpoint before it is published.
    """

    def __init__(
        self, places: Places, endorse: Callable[[Note], Note] = lambda signed: signed
    ) -> None:
        self._places = places
        self._endorse = endorse
        self._growth: _Growth | None = None
        self._rests_until: datetime | None = None

    def integrate(self, at: datetime) -> int:
        """Integrate the next entries; return how many. Rests for a second once it has them all.

        Raises LogStoppedError; OSError, after which it is tried again.
        """
        until = self._rests_until
        if until is not None and until - REST <= at < until:
            return 0
        try:
            if self._growth is None or not self._growth.is_published():
                self._growth = _Growth(self._places, self._endorse, at)
            done = self._growth.step()
        except BaseException as error:
            self._growth = None  # what is in memory may be ahead of what is written
            if isinstance(error, LogStoppedError):
                self._mark(error.seq)
            raise
        (self._places.keys / STOPPED).unlink(missing_ok=True)
        self._rests_until = at + REST if done < CHUNK else None
        return done

    def _mark(self, seq: int) -> None:
        """For the watchdog, which raises the alarm, and clears it once the mark is gone."""
        if stopped_at(self._places.keys) != seq:
            content = json.dumps({"entry": seq}).encode()
            self._places.write(self._places.keys / STOPPED, content, mode=0o600)


def stopped_at(keys: Path) -> int | None:
    """The entry that the log stopped at, as the folder of its key tells; None while it goes on."""
    told = reader(keys)(STOPPED)
    return int(json.loads(told)["entry"]) if told else None


def catch_up(places: Places, at: datetime) -> int:
    """Integrate everything there is now; return the size of the log. As LogWriter.integrate."""
    growth = _Growth(places, lambda signed: signed, at)
    while growth.step():
        continue
    return growth.size


class _Growth:
    """The log from one start to the next fault."""

    def __init__(self, places: Places, endorse: Callable[[Note], Note], at: datetime) -> None:
        self._places = places
        self._endorse = endorse
        self._signer = _signer(places, at)
        self._signed = self._last_signed()
        self._edge = self._grown()
        self._previous = self._chained()

    @property
    def size(self) -> int:
        """How many entries are integrated."""
        return self._edge.size

    def is_published(self) -> bool:
        """Whether readers find what they begin with; a folder that was emptied is not that."""
        published = self._places.published
        return (published / CHECKPOINT).exists() and (published / VKEY).exists()

    def step(self) -> int:
        """Integrate a bounded number of entries, then tell of it."""
        found = queries.stored_after(self._edge.size, limit=CHUNK)
        if not found:
            self._require_no_loss()
        for kept in found:
            self._require_next(kept)
            self._edge.add(bytes.fromhex(kept.digest), self._put)
            self._previous = kept.digest
            if self._signed and self._edge.size == self._signed.size:
                self._require_signed_root(self._signed)
        if found:
            self._edge.put_partial(self._put)
        if found or not self.is_published():
            self._tell()
        return len(found)

    def _last_signed(self) -> TreeHead | None:
        kept = reader(self._places.keys)(CHECKPOINT)
        try:
            return notes.opened(kept.decode(), self._signer.verifier)[1] if kept else None
        except notes.NoteError as error:
            raise LogStoppedError(0, f"the last checkpoint that was signed: {error}") from error

    def _grown(self) -> Edge:
        """The tree that was signed, or an empty one to be made again, where files are lost."""
        if self._signed is None:
            return Edge()
        try:
            edge = Edge.read(reader(self._places.published), self._signed.size)
        except TileError:
            return Edge()
        return edge if edge.root() == self._signed.root else Edge()

    def _chained(self) -> str:
        """The digest that the next entry names, which the log holds too."""
        size = self._edge.size
        if not size:
            return GENESIS
        digest = queries.digests([size]).get(size)
        if digest is None:
            raise LogStoppedError(size, "the log holds it and the journal does not")
        if self._edge.last.hex() != digest:
            raise LogStoppedError(size, "the journal holds another one than the log")
        return digest

    def _require_no_loss(self) -> None:
        size, head = self._edge.size, queries.head().seq
        signed = self._signed.size if self._signed else 0
        if head < max(size, signed):
            raise LogStoppedError(head + 1, "the log holds it and the journal does not")

    def _require_next(self, kept: Kept) -> None:
        seq = kept.link.seq
        if seq != self._edge.size + 1:
            raise LogStoppedError(self._edge.size + 1, "it is missing from the journal")
        if kept.link.previous != self._previous:
            raise LogStoppedError(seq, "it does not continue the one before")
        if not kept.is_true():
            raise LogStoppedError(seq, "its content is not what was hashed")

    def _require_signed_root(self, signed: TreeHead) -> None:
        if self._edge.root() != signed.root:
            raise LogStoppedError(signed.size, "up to it the journal is not what was signed")

    def _put(self, name: str, content: bytes) -> None:
        path = self._places.published / name
        self._places.write(path, content)
        if path.parent.suffix != ".p":
            _remove_partials(path)

    def _tell(self) -> None:
        """Sign, keep, then publish; while a lost tree is made again there is nothing to tell."""
        size = self._edge.size
        if self._signed and size < self._signed.size:
            return
        head = TreeHead(self._signer.name, size, self._edge.root())
        note = Note(str(head), (self._signer.sign(str(head)),))
        self._places.write(self._places.keys / CHECKPOINT, str(note).encode(), mode=0o600)
        self._signed = head
        published = self._places.published
        key = str(self._signer.verifier).encode() + b"\n"
        if reader(published)(VKEY) != key:
            self._places.write(published / VKEY, key)
        self._places.write(published / CHECKPOINT, str(self._endorse(note)).encode())


def _remove_partials(full: Path) -> None:
    """Those of a tile that is full now: whoever asks for one is to take the full one."""
    partial = full.with_name(f"{full.name}.p")
    if not partial.is_dir():
        return
    for file in partial.iterdir():
        file.unlink(missing_ok=True)
    partial.rmdir()


def _signer(places: Places, at: datetime) -> SignerKey:
    """The log's key, made once; an entry tells that a log begins under it."""
    path = places.keys / KEY
    if path.exists():
        return SignerKey.parse(path.read_text())
    places.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = SignerKey.make(places.origin)
    with transaction.atomic():
        facts = {"origin": made.name, "vkey": str(made.verifier)}
        subject = "journal:log"
        operations.record(Event.LOG_BEGUN, subject=subject, actor=ACTOR, at=at, facts=facts)
        places.write(path, made.written().encode(), mode=0o600)
    return made

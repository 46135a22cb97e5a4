"""Being a witness of logs: cosign a checkpoint only where it continues the last one cosigned.

The protocol is C2SP tlog-witness's add-checkpoint (c2sp.org/tlog-witness): the log sends the size
that the witness saw last, a consistency proof, and its checkpoint. Needs no database.
"""

import base64
import binascii
import hashlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from guichet.journal import merkle, notes
from guichet.journal.merkle import ProofError
from guichet.journal.notes import Note, NoteError, SignerKey, TreeHead, VerifierKey
from guichet.journal.tiles import Write

SIZE: Final = "text/x.tlog.size"
TEXT: Final = "text/plain; charset=utf-8"
OLD: Final = "old "
PROOF_AT_MOST: Final = 63


@dataclass(frozen=True, slots=True)
class Submission:
    """What a log asks a witness: to go from the tree of `old` leaves to that of the note."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    @classmethod
    def parse(cls, content: bytes) -> Self:
        """Read a request's body. Raises NoteError."""
        try:
            before, _, note = content.decode().partition("\n\n")
            first, *rest = before.split("\n")
            proof = tuple(base64.b64decode(line, validate=True) for line in rest)
        except (UnicodeDecodeError, binascii.Error) as error:
            raise NoteError("not a submission") from error
        size = first.removeprefix(OLD)
        if not first.startswith(OLD) or not notes.SIZE.fullmatch(size) or len(rest) > PROOF_AT_MOST:
            raise NoteError("not a submission")
        return cls(int(size), proof, Note.parse(note))

    def written(self) -> bytes:
        """The body of a request."""
        proof = "".join(f"{base64.b64encode(one).decode()}\n" for one in self.proof)
        return f"{OLD}{self.old}\n{proof}\n{self.note}".encode()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the witness answers: an HTTP status, and a text of this type."""

    status: int
    text: str
    content_type: str = TEXT


class Witness:
    """A witness with its key, the logs that it knows, and the folder of what it saw last."""

    def __init__(
        self, key: SignerKey, logs: Iterable[VerifierKey], folder: Path, write: Write
    ) -> None:
        self._key = key
        self._logs = {log.name: log for log in logs}
        self._folder = folder
        self._write = write
        self._alone = threading.Lock()

    def seen(self, origin: str) -> TreeHead:
        """The last head of this log that was cosigned; an empty tree before the first."""
        try:
            kept = self._file(origin).read_text()
        except FileNotFoundError:
            return TreeHead(origin, 0, merkle.EMPTY)
        return TreeHead.parse(Note.parse(kept).text)

    def add(self, content: bytes, at: datetime) -> Reply:
        """Answer a submission; what was cosigned is kept before anybody has the cosignature."""
        try:
            asked = Submission.parse(content)
            head = TreeHead.parse(asked.note.text)
        except NoteError as error:
            return Reply(400, f"{error}\n")
        log = self._logs.get(head.origin)
        if log is None:
            return Reply(404, "this log is not known here\n")
        if not log.has_signed(asked.note):
            return Reply(403, "the checkpoint is not signed by the log\n")
        if asked.old > head.size:
            return Reply(400, "the old size is larger than the checkpoint's\n")
        with self._alone:
            return self._settle(asked, head, at)

    def _settle(self, asked: Submission, head: TreeHead, at: datetime) -> Reply:
        seen = self.seen(head.origin)
        if asked.old != seen.size:
            return Reply(409, f"{seen.size}\n", SIZE)
        try:
            merkle.require_consistent((seen.size, seen.root), (head.size, head.root), asked.proof)
        except ProofError as error:
            self._keep_fork(asked.note, head)
            if head.size == seen.size:
                return Reply(409, f"{seen.size}\n", SIZE)
            return Reply(422, f"{error}\n")
        self._write(self._file(head.origin), str(asked.note).encode())
        return Reply(200, f"{self._key.cosign(asked.note.text, at)}\n")

    def _keep_fork(self, note: Note, head: TreeHead) -> None:
        """The log's own signature under another history: it is all that is needed to prove it."""
        name = f"fork-{hashlib.sha256(note.text.encode()).hexdigest()[:16]}-{head.size}"
        self._write(self._folder / name, str(note).encode())

    def _file(self, origin: str) -> Path:
        return self._folder / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.checkpoint"

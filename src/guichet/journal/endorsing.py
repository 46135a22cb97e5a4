"""Having witnesses cosign what the log publishes: each says that it saw no other history."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from guichet.journal import merkle, notes
from guichet.journal.notes import Note, NoteError, Signature, TreeHead, VerifierKey
from guichet.journal.tiles import Read, TileError, Tiles
from guichet.journal.witnessing import SIZE, Submission

logger = logging.getLogger(__name__)
OK: Final = 200
CONFLICT: Final = 409
REST_S: Final = 30.0
"""How long a witness that failed is left alone: the log does not wait for it each second."""
Post = Callable[[str, bytes], tuple[int, str, str]]
"""Sends a body to an address: the status, the content type and the text of the answer. OSError."""


@dataclass(frozen=True, slots=True)
class Known:
    """A witness that the operators trust: its key, and the address of its add-checkpoint."""

    key: VerifierKey
    url: str


class Endorser:
    """Adds the cosignatures of those who answer; the checkpoint is published without the others."""

    def __init__(
        self,
        witnesses: Sequence[Known],
        read: Read,
        post: Post,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._witnesses = witnesses
        self._read, self._post, self._clock = read, post, clock
        self._seen: dict[str, int] = {}
        self._rests_until: dict[str, float] = {}

    def __call__(self, note: Note) -> Note:
        """The note with the cosignatures that were given."""
        for witness in self._witnesses:
            if self._clock() < self._rests_until.get(witness.url, 0.0):
                continue
            try:
                note = note.bearing(self._ask(witness, note))
            except (OSError, NoteError, TileError, merkle.ProofError) as error:
                self._rests_until[witness.url] = self._clock() + REST_S
                logger.warning("the witness %s: %s", witness.key.name, error)
        return note

    def _ask(self, witness: Known, note: Note) -> tuple[Signature, ...]:
        head = TreeHead.parse(note.text)
        status, kind, text = self._submit(witness, note, head, self._seen.get(witness.url, 0))
        if status == CONFLICT and kind == SIZE and notes.SIZE.fullmatch(text.strip()):
            self._seen[witness.url] = int(text)
            status, kind, text = self._submit(witness, note, head, int(text))
        if status != OK:
            raise OSError(f"it answers {status}: {text[:200].strip()}")
        given = Note.parse(f"{note.text}\n{text}")
        if not witness.key.has_signed(given):
            raise NoteError("its cosignature is not good")
        self._seen[witness.url] = head.size
        mine = (one for one in given.signatures if one.key_id == witness.key.id)
        return tuple(mine)

    def _submit(self, witness: Known, note: Note, head: TreeHead, old: int) -> tuple[int, str, str]:
        proof = merkle.consistency(Tiles(self._read, head.size), old, head.size)
        return self._post(witness.url, Submission(old, proof, note).written())


def witnesses(text: str) -> tuple[Known, ...]:
    """From `<verifier key> <address>, …`, as it is configured. Raises NoteError."""
    parts = (part.split() for part in text.split(",") if part.strip())
    try:
        return tuple(Known(VerifierKey.parse(key), url) for key, url in parts)
    except ValueError as error:
        raise NoteError(f"<verifier key> <address>, …: {error}") from error

"""Signed notes, checkpoints and cosignatures, as C2SP writes them (c2sp.org).

signed-note, tlog-checkpoint and tlog-cosignature v1, of July 2025. A signature is believed under a
key that the reader has: what a note says of its own signers proves nothing.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from guichet.journal.merkle import HASH

ED25519: Final = 1
COSIGNATURE: Final = 4
LOG: Final = "log"
KEY_ID: Final = 4
KEY: Final = 32
INSTANT: Final = 8
DASH: Final = "— "
PRIVATE: Final = "PRIVATE+KEY+"
NAME: Final = re.compile(r"[^\s+]+")
SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")
AT_MOST: Final = 1 << 16
"""Octets of a note: a checkpoint with a great many signatures."""


class NoteError(ValueError):
    """A text is no signed note, no checkpoint or no key, or is not signed as it should be."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its signer's name: `algorithm` is ED25519 or COSIGNATURE."""

    name: str
    algorithm: int
    key: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `<name>+<key id>+<base64>`. Raises NoteError."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        blob = _decoded(encoded)
        if not NAME.fullmatch(name) or len(blob) != 1 + KEY:
            raise NoteError(f"not a verifier key: {text[:100]}")
        found = cls(name, blob[0], blob[1:])
        if found.algorithm not in {ED25519, COSIGNATURE} or found.id.hex() != key_id:
            raise NoteError(f"not a verifier key: {text[:100]}")
        return found

    @property
    def id(self) -> bytes:
        """The first octets of the hash of name and key, which signatures are found by."""
        told = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.key
        return hashlib.sha256(told).digest()[:KEY_ID]

    def __str__(self) -> str:
        blob = bytes([self.algorithm]) + self.key
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(blob).decode()}"

    def has_signed(self, note: "Note") -> bool:
        """Whether one of the note's signatures is of this key."""
        return any(self._is_good(note.text, one) for one in note.signatures)

    def _is_good(self, text: str, signature: "Signature") -> bool:
        if (signature.name, signature.key_id) != (self.name, self.id):
            return False
        signed, told = signature.value, text.encode()
        if self.algorithm == COSIGNATURE:
            instant, signed = int.from_bytes(signed[:INSTANT]), signed[INSTANT:]
            told = _cosigned(text, instant)
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signed, told)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signature:
    """A line under a note: the signer's name, the id of the key, and what the key made."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"{DASH}{self.name} {base64.b64encode(self.key_id + self.value).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends with a line feed, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, content: str) -> Self:
        """Read a note with one signature at least. Raises NoteError."""
        text, gap, rest = content.rpartition("\n\n")
        lines = rest.removesuffix("\n").split("\n")
        if not gap or not text or not rest.endswith("\n") or len(content) > AT_MOST:
            raise NoteError("not a signed note")
        return cls(f"{text}\n", tuple(map(_signature, lines)))

    def __str__(self) -> str:
        return f"{self.text}\n" + "".join(f"{one}\n" for one in self.signatures)

    def bearing(self, further: Iterable[Signature]) -> "Note":
        """The same note with further signatures, each key's once."""
        known = {(one.name, one.key_id) for one in self.signatures}
        added = tuple(one for one in further if (one.name, one.key_id) not in known)
        return Note(self.text, (*self.signatures, *added))


@dataclass(frozen=True, slots=True)
class TreeHead:
    """A log's tree at one size, as a checkpoint tells it."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a checkpoint, whose further lines are passed over. Raises NoteError."""
        lines = text.split("\n")
        if len(lines) < 4 or not lines[0] or not SIZE.fullmatch(lines[1]):
            raise NoteError("not a checkpoint")
        root = _decoded(lines[2])
        if len(root) != HASH:
            raise NoteError("not a checkpoint")
        return cls(lines[0], int(lines[1]), root)

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A private key with its signer's name."""

    name: str
    algorithm: int
    key: Ed25519PrivateKey

    @classmethod
    def make(cls, name: str, algorithm: int = ED25519) -> Self:
        """A new key. Raises NoteError for a name that a note cannot hold."""
        if not NAME.fullmatch(name):
            raise NoteError(f"no name of a signer: {name!r}")
        return cls(name, algorithm, Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `written` gives. Raises NoteError, which does not tell the text."""
        name, _, rest = text.strip().removeprefix(PRIVATE).partition("+")
        key_id, _, encoded = rest.partition("+")
        blob = _decoded(encoded)
        if not text.startswith(PRIVATE) or len(blob) != 1 + KEY:
            raise NoteError("not a signer's key")
        found = cls(name, blob[0], Ed25519PrivateKey.from_private_bytes(blob[1:]))
        if found.verifier.id.hex() != key_id:
            raise NoteError("not a signer's key")
        return found

    def written(self) -> str:
        """The key as its file holds it: keep it secret."""
        blob = bytes([self.algorithm]) + self.key.private_bytes_raw()
        encoded = base64.b64encode(blob).decode()
        return f"{PRIVATE}{self.name}+{self.verifier.id.hex()}+{encoded}\n"

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self.algorithm, self.key.public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        """Sign a note's text."""
        return Signature(self.name, self.verifier.id, self.key.sign(text.encode()))

    def cosign(self, text: str, at: datetime) -> Signature:
        """Sign a checkpoint as a witness, who saw at this instant that it continues the log."""
        instant = int(at.timestamp())
        value = instant.to_bytes(INSTANT) + self.key.sign(_cosigned(text, instant))
        return Signature(self.name, self.verifier.id, value)


def opened(content: str, key: VerifierKey) -> tuple[Note, TreeHead]:
    """A checkpoint that this key signed, in its own log's name. Raises NoteError."""
    note = Note.parse(content)
    head = TreeHead.parse(note.text)
    if head.origin != key.name:
        raise NoteError(f"the checkpoint is of {head.origin}, not of {key.name}")
    if not key.has_signed(note):
        raise NoteError(f"the checkpoint is not signed by {key}")
    return note, head


def _cosigned(text: str, instant: int) -> bytes:
    return f"cosignature/v1\ntime {instant}\n{text}".encode()


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    blob = _decoded(encoded)
    if not line.startswith(DASH) or not NAME.fullmatch(name) or len(blob) <= KEY_ID:
        raise NoteError("not a signed note")
    return Signature(name, blob[:KEY_ID], blob[KEY_ID:])


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("not base64") from error

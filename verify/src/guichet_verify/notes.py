"""Signed notes and checkpoints (C2SP signed-note and tlog-checkpoint), signed by Ed25519."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519: Final = b"\x01"
NAME: Final = re.compile(r"[^\s+]{1,200}")
SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")
SIGNATURE: Final = "\u2014 "


def decoded(text: str) -> bytes:
    """Standard base64, with its padding and nothing else. Raises ValueError."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if base64.b64encode(data).decode() != text:
        raise ValueError("not canonical base64")
    return data


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A key that verifies notes, as `name+id+key` writes it (C2SP signed-note)."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError for what is not an Ed25519 verifier key, or names another key."""
        name, _, rest = text.strip().partition("+")
        told, _, encoded = rest.partition("+")
        data = decoded(encoded)
        key = cls(name, data[1:])
        if not NAME.fullmatch(name) or data[:1] != ED25519 or len(data) != 33:
            raise ValueError("not a verifier key")
        if key.id.hex() != told:
            raise ValueError("the identifier is of another key")
        return key

    @property
    def id(self) -> bytes:
        """The four octets that signatures name the key by."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def verifies(self, text: str, signatures: tuple[tuple[str, bytes], ...]) -> bool:
        """Whether one of the signatures is this key's, over this text."""
        own = [data[4:] for name, data in signatures if name == self.name and data[:4] == self.id]
        return any(self._verifies(text.encode(), signature) for signature in own)

    def _verifies(self, text: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: its origin, its size and its root, with what signed them."""

    text: str
    origin: str
    size: int
    root: bytes
    signatures: tuple[tuple[str, bytes], ...]

    @classmethod
    def parse(cls, note: str) -> Self:
        """Raises ValueError for what is not a signed checkpoint."""
        text, gap, signed = note.rpartition("\n\n")
        lines = text.split("\n")
        if not gap or not signed.endswith("\n") or len(lines) < 3 or not SIZE.fullmatch(lines[1]):
            raise ValueError("not a signed checkpoint")
        root = decoded(lines[2])
        if len(root) != 32 or not lines[0]:
            raise ValueError("not a signed checkpoint")
        signatures = tuple(_signature(line) for line in signed[:-1].split("\n"))
        return cls(text + "\n", lines[0], int(lines[1]), root, signatures)


def _signature(line: str) -> tuple[str, bytes]:
    name, _, encoded = line.removeprefix(SIGNATURE).partition(" ")
    if not line.startswith(SIGNATURE) or not NAME.fullmatch(name):
        raise ValueError("not a signature line")
    return name, decoded(encoded)

"""Published statuses, in LMDB: the clerk writes them, the responder reads them without Django."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

import lmdb

from guichet.x509.crl import REASON_CODES, Reason
from guichet.x509.ocsp import Good, Revoked, Status, Unknown

FILE: Final = "status.lmdb"
MAP_SIZE: Final = 4 << 30
"""Address space, not disk: room for tens of millions of statuses."""
SERIAL_OCTETS: Final = 20
GOOD: Final = b"G"
REVOKED: Final = b"R"
NO_REASON: Final = 255
REASONS: Final[Mapping[int, Reason]] = {code: reason for reason, code in REASON_CODES.items()}
META: Final = b"meta:"
COMPLETE: Final = META + b"complete"


@dataclass(frozen=True, slots=True)
class Published:
    """The status of one certificate: `authority` is the full code."""

    authority: str
    serial: int
    status: Good | Revoked


def encode(status: Good | Revoked) -> bytes:
    """One status as stored: a letter, then the reason and the instant of a revocation."""
    if isinstance(status, Good):
        return GOOD
    reason = NO_REASON if status.reason is None else REASON_CODES[status.reason]
    return REVOKED + bytes((reason,)) + int(status.at.timestamp()).to_bytes(8, "big")


def decode(value: bytes | None) -> Status:
    """The status stored; nothing stored is an answer too."""
    if value is None:
        return Unknown()
    if value == GOOD:
        return Good()
    at = datetime.fromtimestamp(int.from_bytes(value[2:10], "big"), UTC)
    return Revoked(at, REASONS.get(value[1]))


def key(authority: str, serial: int) -> bytes:
    """Where a certificate's status is stored."""
    return authority.encode() + b"\0" + serial.to_bytes(SERIAL_OCTETS, "big")


class StatusWriter:
    """The clerk's side: one writer, each `put` and `say` durable when it returns."""

    def __init__(self, published: Path) -> None:
        published.mkdir(parents=True, exist_ok=True)
        self._environment = lmdb.open(
            str(published / FILE), subdir=False, map_size=MAP_SIZE, mode=0o644
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._environment.close()

    def put(self, statuses: Iterable[Published]) -> None:
        """Store statuses, all or none of them."""
        with self._environment.begin(write=True) as transaction:
            for found in statuses:
                transaction.put(key(found.authority, found.serial), encode(found.status))

    @property
    def is_complete(self) -> bool:
        """Whether every certificate was exported once, so that changes are enough."""
        return self.told(COMPLETE) is not None

    def complete(self) -> None:
        """Say so."""
        self.say(COMPLETE, b"1")

    def told(self, name: bytes) -> bytes | None:
        """A note left beside the statuses."""
        with self._environment.begin() as transaction:
            value = transaction.get(name)
        return None if value is None else bytes(value)

    def say(self, name: bytes, value: bytes) -> None:
        """Leave a note beside the statuses."""
        with self._environment.begin(write=True) as transaction:
            transaction.put(name, value)


class StatusReader:
    """The responder's side. The file may appear, or be replaced, while it reads."""

    def __init__(self, published: Path) -> None:
        self._path = published / FILE
        self._inode = 0
        self._environment: lmdb.Environment | None = None

    def refresh(self) -> None:
        """Open the file that is there now; cheap when it is the same."""
        try:
            inode = self._path.stat().st_ino
        except FileNotFoundError:
            return
        if inode != self._inode:
            if self._environment is not None:
                self._environment.close()
            self._environment = lmdb.open(
                str(self._path), subdir=False, readonly=True, max_readers=256
            )
            self._inode = inode

    @property
    def is_open(self) -> bool:
        """Whether statuses can be read."""
        return self._environment is not None

    def get(self, authority: str, serial: int) -> bytes | None:
        """The stored status, to `decode`; None for a certificate never issued."""
        if self._environment is None or serial < 0 or serial.bit_length() > 8 * SERIAL_OCTETS:
            return None
        with self._environment.begin() as transaction:
            value = transaction.get(key(authority, serial))
        return None if value is None else bytes(value)

"""The published store, in LMDB (ADR 0004): one writer at a time, readers that never wait.

Tables: `records` (certificate -> record), `due` (instant to sign again + certificate), `delegates`
(number -> certificate of who signed), `changes` (sequence number -> certificates that changed, for
copies elsewhere) and `notes`. Every transaction is whole or absent, whatever is killed when.
"""

import secrets
import struct
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

import lmdb

from guichet.validation import records
from guichet.validation.change_log import ChangeLog
from guichet.validation.records import Published, Signatures
from guichet.x509.ocsp import Good, Revoked

FILE: Final = "validation.lmdb"
MAP_SIZE: Final = 16 << 30
"""Address space, not disk: room for tens of millions of records."""
SERIAL_OCTETS: Final = 20
TABLES: Final = (b"records", b"due", b"delegates", b"changes", b"notes")
INSTANT: Final = struct.Struct(">Q")
NUMBER: Final = struct.Struct(">H")
COMPLETE: Final = b"complete"
IDENTITY: Final = b"identity"
CLOCK: Final = b"clock"
"""Note of the latest instant at which records were stored, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Signed:
    """One record to store: signatures are None where no delegate can sign yet."""

    published: Published
    signatures: Signatures | None
    again_at: datetime


def key(authority: str, serial: int) -> bytes:
    """Where a certificate's record is stored."""
    return authority.encode() + b"\0" + serial.to_bytes(SERIAL_OCTETS, "big")


def named(where: bytes) -> tuple[str, int]:
    """Authority and serial of a key."""
    return where[: -SERIAL_OCTETS - 1].decode(), int.from_bytes(where[-SERIAL_OCTETS:], "big")


def open_environment(path: Path, *, readonly: bool) -> lmdb.Environment:
    """The file, opened. Raises lmdb.Error when it cannot be."""
    opened = lmdb.open(
        str(path),
        subdir=False,
        map_size=MAP_SIZE,
        max_dbs=len(TABLES),
        max_readers=512,
        readonly=readonly,
        mode=0o644,
    )
    if not readonly:  # readers of its group write in the file of locks, and in no other
        path.with_name(f"{path.name}-lock").chmod(0o664)
    return opened


class StoreWriter:
    """The publisher's side; each call is durable when it returns."""

    def __init__(self, published: Path) -> None:
        published.mkdir(parents=True, exist_ok=True)
        self._environment = open_environment(published / FILE, readonly=False)
        self._environment.reader_check()
        self._tables = {name: self._environment.open_db(name) for name in TABLES}
        self._lock = threading.Lock()
        self.log = ChangeLog(self._environment, self._tables, self._lock)
        if self.told(IDENTITY) is None:
            self.say(IDENTITY, secrets.token_bytes(16))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the writer is of no use after."""
        with self._lock:
            self._environment.close()

    def put(self, signed: Sequence[Signed], at: datetime | None = None) -> tuple[Published, ...]:
        """Store records, all or none, and return those that were refused; `at` when is noted.

        A revocation is definitive (RFC 5280 5.3): what would take one back, as a database restored
        from an old copy does, is refused and the revocation stays.
        """
        refused: list[Published] = []
        changed: list[bytes] = []
        with self._environment.begin(write=True) as transaction:
            for one in signed:
                where = key(one.published.authority, one.published.serial)
                before = transaction.get(where, db=self._tables[b"records"])
                if before is not None and _goes_back(bytes(before), one.published.status):
                    refused.append(one.published)
                    continue
                self._store(transaction, where, one, before)
                changed.append(where)
            self.log.tell(transaction, changed)
            if at is not None:
                self._note_clock(transaction, at)
        return tuple(refused)

    def _note_clock(self, transaction: lmdb.Transaction, at: datetime) -> None:
        noted = transaction.get(CLOCK, db=self._tables[b"notes"])
        if noted is None or int(bytes(noted)) < at.timestamp():
            written = str(int(at.timestamp())).encode()
            transaction.put(CLOCK, written, db=self._tables[b"notes"])

    def take_in(
        self, packed: Iterable[tuple[bytes, bytes]], notes: Mapping[bytes, bytes]
    ) -> tuple[bytes, ...]:
        """Store records packed elsewhere and these notes, all or none.

        Returns the keys of those that would take a revocation back, as `put` does.
        """
        refused: list[bytes] = []
        with self._environment.begin(write=True) as transaction:
            for where, record in packed:
                before = transaction.get(where, db=self._tables[b"records"])
                if before is not None and _goes_back(bytes(before), records.status(record)):
                    refused.append(where)
                else:
                    self._replace(transaction, where, record, before)
            for name, value in notes.items():
                transaction.put(name, value, db=self._tables[b"notes"])
        return tuple(refused)

    def _store(
        self, transaction: lmdb.Transaction, where: bytes, one: Signed, before: bytes | None
    ) -> None:
        record = records.pack(one.published.status, one.signatures, one.again_at)
        self._replace(transaction, where, record, before)

    def _replace(
        self, transaction: lmdb.Transaction, where: bytes, record: bytes, before: bytes | None
    ) -> None:
        due = self._tables[b"due"]
        if before is not None:
            transaction.delete(_due_key(bytes(before), where), db=due)
        transaction.put(where, record, db=self._tables[b"records"])
        transaction.put(_due_key(record, where), b"", db=due)

    def due(self, at: datetime, *, at_the_latest: datetime, limit: int) -> tuple[Published, ...]:
        """Records to sign again: their time has come, or lies past `at_the_latest`.

        The second were signed by a clock that went back since: clients would call them too early.
        """
        found: list[Published] = []
        with self._environment.begin() as transaction:
            for where in self._due_keys(transaction, at, at_the_latest):
                if len(found) >= limit:
                    break
                record = transaction.get(where, db=self._tables[b"records"])
                if record is not None:
                    found.append(Published(*named(where), records.status(bytes(record))))
        return tuple(found)

    def _due_keys(
        self, transaction: lmdb.Transaction, at: datetime, at_the_latest: datetime
    ) -> Iterator[bytes]:
        now = INSTANT.pack(max(0, int(at.timestamp())) + 1)
        end = INSTANT.pack(int(at_the_latest.timestamp()))
        with transaction.cursor(db=self._tables[b"due"]) as cursor:
            for where in cursor.iternext(values=False):
                if bytes(where) >= now:
                    break
                yield bytes(where[INSTANT.size :])
            if cursor.set_range(max(now, end)):
                for where in cursor.iternext(values=False):
                    yield bytes(where[INSTANT.size :])

    def delegate_number(self, certificate: bytes) -> int:
        """The number of a delegate's certificate, given at its first use."""
        table = self._tables[b"delegates"]
        with self._environment.begin(write=True) as transaction, transaction.cursor(table) as all_:
            last = 0
            for number, known in all_:
                last = NUMBER.unpack(number)[0]
                if known == certificate:
                    return int(last)
            transaction.put(NUMBER.pack(last + 1), certificate, db=table)
        return last + 1

    @property
    def is_complete(self) -> bool:
        """Whether every certificate was exported once, so that changes are enough."""
        return self.told(COMPLETE) is not None

    def complete(self) -> None:
        """Say so."""
        self.say(COMPLETE, b"1")

    def told(self, name: bytes) -> bytes | None:
        """A note left beside the records; read from other threads too."""
        with self._lock, self._environment.begin(db=self._tables[b"notes"]) as transaction:
            value = transaction.get(name)
        return None if value is None else bytes(value)

    def say(self, name: bytes, value: bytes) -> None:
        """Leave a note beside the records."""
        with self._environment.begin(write=True, db=self._tables[b"notes"]) as transaction:
            transaction.put(name, value)


def _goes_back(before: bytes, status: Good | Revoked) -> bool:
    return isinstance(status, Good) and isinstance(records.status(before), Revoked)


def _due_key(record: bytes, where: bytes) -> bytes:
    return INSTANT.pack(records.again_at(record)) + where


class StoreReader:
    """The responder's side. The file may appear, or be replaced, while it reads."""

    def __init__(self, published: Path) -> None:
        self._path = published / FILE
        self._inode = 0
        self._environment: lmdb.Environment | None = None
        self._tables: dict[bytes, Any] = {}
        self.is_complete = False

    def refresh(self) -> None:
        """Open the file that is there now; cheap when it is the same."""
        try:
            inode = self._path.stat().st_ino
        except FileNotFoundError:
            return
        if inode != self._inode:
            if self._environment is not None:
                self._environment.close()
                self._environment = None
            try:
                self._open()
            except lmdb.Error:  # its writer is making it
                return
            self._inode = inode
        if self._environment is not None and not self.is_complete:
            with self._environment.begin(db=self._tables[b"notes"]) as transaction:
                self.is_complete = transaction.get(COMPLETE) is not None

    def _open(self) -> None:
        environment = open_environment(self._path, readonly=True)
        try:
            self._tables = {name: environment.open_db(name, create=False) for name in TABLES}
        except lmdb.Error:
            environment.close()
            raise
        self._environment = environment
        self.is_complete = False

    @property
    def is_open(self) -> bool:
        """Whether records can be read."""
        return self._environment is not None

    def get(self, authority: str, serial: int) -> bytes | None:
        """The record of a certificate; None for one never issued."""
        if self._environment is None or serial < 0 or serial.bit_length() > 8 * SERIAL_OCTETS:
            return None
        with self._environment.begin(db=self._tables[b"records"]) as transaction:
            value = transaction.get(key(authority, serial))
        return None if value is None else bytes(value)

    def delegate(self, number: int) -> bytes | None:
        """The certificate of the delegate of this number."""
        if self._environment is None:
            return None
        with self._environment.begin(db=self._tables[b"delegates"]) as transaction:
            value = transaction.get(NUMBER.pack(number))
        return None if value is None else bytes(value)

    def oldest_due(self) -> datetime | None:
        """When the record that waits longest was to be signed again; None when there is none."""
        if self._environment is None:
            return None
        with (
            self._environment.begin() as transaction,
            transaction.cursor(db=self._tables[b"due"]) as cursor,
        ):
            if not cursor.first():
                return None
            (seconds,) = INSTANT.unpack(cursor.key()[: INSTANT.size])
        return datetime.fromtimestamp(seconds, UTC)

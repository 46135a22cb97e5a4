"""What changed in the published store, and all that it holds page after page: for copies.

Read from a thread beside the publisher's: each call is one short transaction, so that no reader
holds back the pages that the writer could use again.
"""

import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import lmdb

NUMBER: Final = struct.Struct(">Q")
DELEGATE: Final = struct.Struct(">H")
LENGTH: Final = struct.Struct(">H")
KEPT: Final = 2_000
"""Transactions a copy may lag behind before it needs everything again."""
Records = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """Records as they are now, that transactions up to `last` changed.

    Without `is_whole`, the log does not go back that far: everything is needed.
    """

    is_whole: bool
    last: int
    records: Records


class ChangeLog:
    """The log of a store whose environment and tables are given; `lock` is held while it reads."""

    def __init__(
        self, environment: lmdb.Environment, tables: Mapping[bytes, Any], lock: threading.Lock
    ) -> None:
        self._environment = environment
        self._tables = tables
        self._lock = lock

    def tell(self, transaction: lmdb.Transaction, changed: Sequence[bytes]) -> None:
        """Write which keys a transaction changed, and forget the oldest."""
        if not changed:
            return
        table = self._tables[b"changes"]
        with transaction.cursor(db=table) as cursor:
            last = NUMBER.unpack(cursor.key())[0] if cursor.last() else 0
            packed = b"".join(LENGTH.pack(len(where)) + where for where in changed)
            transaction.put(NUMBER.pack(last + 1), packed, db=table)
            while cursor.first() and NUMBER.unpack(cursor.key())[0] <= last + 1 - KEPT:
                cursor.delete()

    def last(self) -> int:
        """Number of the last transaction; 0 before the first."""
        with self._lock, self._environment.begin() as transaction:
            return self._last(transaction)

    def after(self, number: int, *, at_most: int) -> Changes:
        """What changed after a transaction: whole transactions, and some `at_most` octets."""
        with self._lock, self._environment.begin() as transaction:
            last = self._last(transaction)
            if number >= last:
                return Changes(number == last, last, ())
            cursor = transaction.cursor(db=self._tables[b"changes"])
            if not cursor.set_key(NUMBER.pack(number + 1)):
                return Changes(is_whole=False, last=last, records=())
            found: dict[bytes, bytes] = {}
            size = 0
            for seen, packed in cursor:
                for where in _unpacked(bytes(packed)):
                    if where not in found:
                        found[where] = self._record(transaction, where)
                        size += len(where) + len(found[where])
                number = NUMBER.unpack(bytes(seen))[0]
                if size >= at_most:
                    break
            return Changes(is_whole=True, last=number, records=tuple(found.items()))

    def page(self, after: bytes, *, at_most: int) -> Records:
        """Records whose keys come after this one: some `at_most` octets, () at the end."""
        found: list[tuple[bytes, bytes]] = []
        size = 0
        with self._lock, self._environment.begin() as transaction:
            cursor = transaction.cursor(db=self._tables[b"records"])
            is_there = cursor.set_range(after + b"\0") if after else cursor.first()
            while is_there and size < at_most:
                found.append((bytes(cursor.key()), bytes(cursor.value())))
                size += len(found[-1][0]) + len(found[-1][1])
                is_there = cursor.next()
        return tuple(found)

    def delegates(self) -> Mapping[int, bytes]:
        """Certificates of delegates by the number that records name them by."""
        with self._lock, self._environment.begin(db=self._tables[b"delegates"]) as transaction:
            return {
                DELEGATE.unpack(bytes(number))[0]: bytes(der)
                for number, der in transaction.cursor()
            }

    def _last(self, transaction: lmdb.Transaction) -> int:
        cursor = transaction.cursor(db=self._tables[b"changes"])
        return int(NUMBER.unpack(bytes(cursor.key()))[0]) if cursor.last() else 0

    def _record(self, transaction: lmdb.Transaction, where: bytes) -> bytes:
        return bytes(transaction.get(where, db=self._tables[b"records"]) or b"")


def _unpacked(packed: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(packed):
        (length,) = LENGTH.unpack_from(packed, start)
        start += LENGTH.size
        yield packed[start : start + length]
        start += length

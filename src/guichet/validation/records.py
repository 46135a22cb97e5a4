"""What is published of one certificate, packed: its status, and the signatures of its answers.

A signed answer is nearly the same bytes for every certificate of an authority, so that only what
differs is kept: when it was signed, until when it is valid, by which delegate, and one signature
for each hash a CertID may bear. A million certificates take some
500 MB, all told, instead of 2 GB and more.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from guichet.x509.crl import REASON_CODES, Reason
from guichet.x509.ocsp import ALGORITHMS, Good, Revoked

GOOD: Final = b"G"
REVOKED: Final = b"R"
NO_REASON: Final = 255
REASONS: Final[Mapping[int, Reason]] = {code: reason for reason, code in REASON_CODES.items()}
STATUS: Final = struct.Struct(">cBqQ")
SIGNED: Final = struct.Struct(">qqHHH")


@dataclass(frozen=True, slots=True)
class Published:
    """The status of one certificate: `authority` is the full code."""

    authority: str
    serial: int
    status: Good | Revoked


@dataclass(frozen=True, slots=True)
class Signatures:
    """Signatures of the answers about one certificate, one for each of ALGORITHMS, in order.

    `delegate` is the number the store gave to the certificate of who signed.
    """

    this_update: datetime
    next_update: datetime
    delegate: int
    values: tuple[bytes, bytes]

    def of(self, algorithm: str) -> bytes:
        """The signature of the answer under this hash. Raises ValueError for another hash."""
        return self.values[ALGORITHMS.index(algorithm)]


def pack(status: Good | Revoked, signatures: Signatures | None, again_at: datetime) -> bytes:
    """One record as stored; without signatures an answer must be signed when it is asked for.

    `again_at` is when it is due to be signed again.
    """
    if signatures is None:
        return _head(status, again_at)
    first, second = signatures.values
    head = SIGNED.pack(
        int(signatures.this_update.timestamp()),
        int(signatures.next_update.timestamp()),
        signatures.delegate,
        len(first),
        len(second),
    )
    return _head(status, again_at) + head + first + second


def _head(status: Good | Revoked, again_at: datetime) -> bytes:
    again = max(0, int(again_at.timestamp()))
    if isinstance(status, Good):
        return STATUS.pack(GOOD, NO_REASON, 0, again)
    reason = NO_REASON if status.reason is None else REASON_CODES[status.reason]
    return STATUS.pack(REVOKED, reason, int(status.at.timestamp()), again)


def status(record: bytes) -> Good | Revoked:
    """The status of a record. Raises struct.error for bytes that are none."""
    letter, reason, seconds, _again = STATUS.unpack_from(record)
    if letter == GOOD:
        return Good()
    return Revoked(datetime.fromtimestamp(seconds, UTC), REASONS.get(reason))


def again_at(record: bytes) -> int:
    """When it is due to be signed again, in seconds since 1970."""
    return int(STATUS.unpack_from(record)[3])


def signatures(record: bytes) -> Signatures | None:
    """The signatures of a record, if it has any."""
    if len(record) == STATUS.size:
        return None
    this_update, next_update, delegate, first, second = SIGNED.unpack_from(record, STATUS.size)
    start = STATUS.size + SIGNED.size
    values = record[start : start + first], record[start + first : start + first + second]
    return Signatures(
        datetime.fromtimestamp(this_update, UTC),
        datetime.fromtimestamp(next_update, UTC),
        delegate,
        values,
    )


def with_delegate(record: bytes, numbers: Mapping[int, int]) -> bytes:
    """The same record, its delegate named by the number another store gave it.

    Raises struct.error for bytes that are no record, KeyError for a delegate without a number.
    """
    STATUS.unpack_from(record)
    if len(record) == STATUS.size:
        return record
    *said, delegate, first, second = SIGNED.unpack_from(record, STATUS.size)
    end = STATUS.size + SIGNED.size
    if len(record) != end + first + second:
        raise struct.error("signatures are cut")
    signed = SIGNED.pack(*said, numbers[delegate], first, second)
    return record[: STATUS.size] + signed + record[end:]

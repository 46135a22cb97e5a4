"""Records on their way to copies, packed: lengths, key, record, one after the other."""

import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from guichet.validation.copies.refusals import PublicationRefusedError

LENGTHS: Final = struct.Struct(">HI")
NUMBER: Final = struct.Struct(">H")


def pack(records: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Pairs of a key and what it names."""
    return b"".join(
        part
        for where, record in records
        for part in (LENGTHS.pack(len(where), len(record)), where, record)
    )


def unpack(packed: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The pairs. Raises PublicationRefusedError for bytes that are none."""
    start = 0
    while start < len(packed):
        try:
            first, second = LENGTHS.unpack_from(packed, start)
        except struct.error as error:
            raise PublicationRefusedError("a batch is cut") from error
        middle = start + LENGTHS.size + first
        end = middle + second
        if end > len(packed):
            raise PublicationRefusedError("a batch is cut")
        yield packed[start + LENGTHS.size : middle], packed[middle:end]
        start = end


def pack_delegates(certificates: Mapping[int, bytes]) -> bytes:
    """Certificates of delegates by number."""
    return pack((NUMBER.pack(number), der) for number, der in sorted(certificates.items()))


def unpack_delegates(packed: bytes) -> Mapping[int, bytes]:
    """Certificates of delegates by number. Raises PublicationRefusedError."""
    try:
        return {NUMBER.unpack(number)[0]: der for number, der in unpack(packed)}
    except struct.error as error:
        raise PublicationRefusedError("the list of delegates cannot be read") from error

"""The little DER that certificates, CRLs and OCSP need (ITU-T X.690), byte-exact.

Writing by hand keeps names and keys exactly as they came, and signs a million-entry CRL in one go;
what is written here is read back by cryptography, pkilint and openssl in the tests.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NamedTuple

from guichet.x509.errors import Unreadable

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OID: Final = 0x06
ENUMERATED: Final = 0x0A
UTF8_STRING: Final = 0x0C
PRINTABLE_STRING: Final = 0x13
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
UTC_TIME_YEARS: Final = range(1950, 2050)  # RFC 5280 4.1.2.5
MAX_LENGTH_OCTETS: Final = 4


def context(number: int, *, constructed: bool = True) -> int:
    """Return the identifier octet of the context tag [number]."""
    return 0x80 | (0x20 if constructed else 0) | number


def tlv(tag: int, *contents: bytes) -> bytes:
    """Encode one element with the definite, shortest length (X.690 10.1)."""
    body = b"".join(contents)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


TRUE: Final = tlv(BOOLEAN, b"\xff")


def sequence(*contents: bytes) -> bytes:
    """Encode a SEQUENCE of encoded elements."""
    return tlv(SEQUENCE, *contents)


def integer(value: int, tag: int = INTEGER) -> bytes:
    """Encode a non-negative INTEGER, or ENUMERATED by tag."""
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def signed_integer(value: int) -> bytes:
    """Encode an INTEGER of any sign in the fewest octets (X.690 8.3)."""
    magnitude = value if value >= 0 else ~value
    return tlv(INTEGER, value.to_bytes(magnitude.bit_length() // 8 + 1, "big", signed=True))


@lru_cache(maxsize=1024)
def oid(dotted: str) -> bytes:
    """Encode an OBJECT IDENTIFIER written in dots."""
    first, second, *rest = map(int, dotted.split("."))
    return tlv(OID, *map(_base128, (first * 40 + second, *rest)))


def _base128(arc: int) -> bytes:
    septets = [arc & 0x7F]
    while arc := arc >> 7:
        septets.append(0x80 | arc & 0x7F)
    return bytes(reversed(septets))


def octets(value: bytes) -> bytes:
    """Encode an OCTET STRING."""
    return tlv(OCTET_STRING, value)


def bits(value: bytes) -> bytes:
    """Encode a BIT STRING of whole octets."""
    return tlv(BIT_STRING, b"\0", value)


@lru_cache(maxsize=1024)
def time(at: datetime) -> bytes:
    """Encode a Time: UTCTime through 2049, GeneralizedTime after (RFC 5280 4.1.2.5)."""
    if at.astimezone(UTC).year in UTC_TIME_YEARS:
        return tlv(UTC_TIME, at.astimezone(UTC).strftime("%y%m%d%H%M%SZ").encode())
    return generalized_time(at)


def generalized_time(at: datetime) -> bytes:
    """Encode a GeneralizedTime in seconds, UTC."""
    utc = at.astimezone(UTC)
    return tlv(GENERALIZED_TIME, f"{utc.year:04d}{utc:%m%d%H%M%SZ}".encode())


def extension(dotted: str, value: bytes, *, critical: bool = False) -> bytes:
    """Encode one Extension (RFC 5280 4.1); `value` is the DER it wraps."""
    return sequence(oid(dotted), TRUE if critical else b"", octets(value))


class Element(NamedTuple):
    """One element read: its tag, its contents, and its whole encoding."""

    tag: int
    contents: bytes
    encoding: bytes

    def children(self) -> tuple["Element", ...]:
        """Return the elements inside. Raises Unreadable("der")."""
        return tuple(elements(self.contents))

    def number(self) -> int:
        """Return the contents as a signed integer. Raises Unreadable("der") when empty."""
        if not self.contents:
            raise Unreadable("der")
        return int.from_bytes(self.contents, "big", signed=True)

    def dotted(self) -> str:
        """Return the contents of an OBJECT IDENTIFIER in dots. Raises Unreadable("der")."""
        if not self.contents or self.contents[-1] & 0x80:
            raise Unreadable("der")
        arcs, arc = [], 0
        for octet in self.contents:
            arc = arc << 7 | octet & 0x7F
            if not octet & 0x80:
                arcs.append(arc)
                arc = 0
        first = min(arcs[0] // 40, 2)
        return ".".join(map(str, (first, arcs[0] - first * 40, *arcs[1:])))


def elements(data: bytes) -> Iterable[Element]:
    """Yield the elements that follow each other in the bytes. Raises Unreadable("der")."""
    offset = 0
    while offset < len(data):
        element = _element(data, offset)
        yield element
        offset += len(element.encoding)


def single(data: bytes, tag: int = SEQUENCE) -> Element:
    """Return the one element the bytes hold, of this tag. Raises Unreadable("der")."""
    found = _element(data, 0) if data else None
    if found is None or found.tag != tag or len(found.encoding) != len(data):
        raise Unreadable("der")
    return found


def child(data: bytes, rank: int) -> Element:
    """Return the element of this rank, 0 first, in the SEQUENCE that the bytes hold.

    As `single(data).children()[rank]`, without copying the others. Raises Unreadable("der").
    """
    tag, offset, end = _extent(data, 0)
    if tag != SEQUENCE or end != len(data):
        raise Unreadable("der")
    for _ in range(rank):
        _tag, _start, offset = _extent(data, offset)
    return _element(data, offset)


def _element(data: bytes, offset: int) -> Element:
    tag, start, end = _extent(data, offset)
    return Element(tag, data[start:end], data[offset:end])


def _extent(data: bytes, offset: int) -> tuple[int, int, int]:
    """The tag of the element at an offset, and where its contents begin and end."""
    start = offset + 2
    if start > len(data) or data[offset] & 0x1F == 0x1F:
        raise Unreadable("der")
    size = data[offset + 1]
    if size & 0x80:
        width = size & 0x7F
        if not 1 <= width <= MAX_LENGTH_OCTETS:
            raise Unreadable("der")
        size = int.from_bytes(data[start : start + width], "big")
        start += width
    if start + size > len(data):
        raise Unreadable("der")
    return data[offset], start, start + size

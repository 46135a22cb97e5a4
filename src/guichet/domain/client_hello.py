"""What a TLS client offers, read from the first message it sends (RFC 8446 §4.1.2, RFC 5246).

A strict reader of bytes that a stranger wrote: anything that does not add up is Unreadable.
"""

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from guichet.domain.tls_names import GROUPS, SCHEMES, VERSIONS
from guichet.x509.errors import Unreadable

HANDSHAKE: Final = 22
CLIENT_HELLO: Final = 1
RECORD_HEADER: Final = 5
RECORD_AT_MOST: Final = 1 << 14  # RFC 8446 §5.1
MESSAGE_HEADER: Final = 4
SERVER_NAME: Final = 0
SUPPORTED_GROUPS: Final = 10
SIGNATURE_ALGORITHMS: Final = 13
ALPN: Final = 16
SUPPORTED_VERSIONS: Final = 43
SIGNALS: Final = frozenset({0x00FF, 0x5600})
# Words of OpenSSL's names of suites that nobody should offer any more (RFC 7525, RFC 9325).
WEAK_WORDS: Final = ("NULL", "EXP", "RC4", "RC2", "DES", "MD5", "ADH", "AECDH", "anon", "SEED")

# Suites that OpenSSL has forgotten, and old clients have not.
OLD_SUITES: Final[Mapping[int, str]] = {
    0x0004: "RC4-MD5",
    0x0005: "RC4-SHA",
    0x0009: "DES-CBC-SHA",
    0x000A: "DES-CBC3-SHA",
    0x0013: "EDH-DSS-DES-CBC3-SHA",
    0x0016: "EDH-RSA-DES-CBC3-SHA",
    0xC007: "ECDHE-ECDSA-RC4-SHA",
    0xC008: "ECDHE-ECDSA-DES-CBC3-SHA",
    0xC011: "ECDHE-RSA-RC4-SHA",
    0xC012: "ECDHE-RSA-DES-CBC3-SHA",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientHello:
    """What was offered, in the client's order, GREASE (RFC 8701) left out.

    `versions` as OpenSSL names them ("TLSv1.2"); numbers without a name are in hexadecimal.
    """

    versions: tuple[str, ...]
    suites: tuple[str, ...]
    groups: tuple[str, ...]
    schemes: tuple[str, ...]
    server_name: str
    protocols: tuple[str, ...]

    @property
    def weak_suites(self) -> tuple[str, ...]:
        """Suites that ought not to be offered."""
        return tuple(s for s in self.suites if any(word in s for word in WEAK_WORDS))

    @property
    def old_versions(self) -> tuple[str, ...]:
        """Versions below TLS 1.2 (EXI_PSC_24, RFC 8996)."""
        return tuple(v for v in self.versions if v in {"SSLv3", "TLSv1", "TLSv1.1"})


class _Bytes:
    """A cursor over bytes: what is asked for is there, or it is Unreadable."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        if count > self.left:
            raise Unreadable("the message is shorter than it says")
        self._at += count
        return self._data[self._at - count : self._at]

    def number(self, octets: int) -> int:
        return int.from_bytes(self.take(octets), "big")

    def vector(self, octets: int) -> "_Bytes":
        return _Bytes(self.take(self.number(octets)))

    def numbers(self) -> tuple[int, ...]:
        if self.left % 2:
            raise Unreadable("a list of numbers has half of one")
        return tuple(self.number(2) for _ in range(self.left // 2))

    def end(self) -> None:
        if self.left:
            raise Unreadable("there is more than the message says")


def wanted(head: bytes) -> int:
    """How many octets the first record takes, by its header; 0 when it is no handshake."""
    if len(head) < RECORD_HEADER or head[0] != HANDSHAKE or head[1] != 3:
        return 0
    length = int.from_bytes(head[3:5], "big")
    return RECORD_HEADER + length if length <= RECORD_AT_MOST else 0


def read(records: bytes) -> ClientHello:
    """Read the records that hold a ClientHello; what follows it is ignored. Raises Unreadable."""
    body = _Bytes(_message(records))
    legacy = body.number(2)
    body.take(32)  # random
    body.vector(1)  # session
    suites = body.vector(2).numbers()
    body.vector(1)  # compression
    extensions = dict(_extensions(body)) if body.left else {}
    body.end()
    return ClientHello(
        versions=_named(_versions(extensions, legacy), VERSIONS),
        suites=_named(suites, suite_names()),
        groups=_named(_list_in(extensions, SUPPORTED_GROUPS), GROUPS),
        schemes=_named(_list_in(extensions, SIGNATURE_ALGORITHMS), SCHEMES),
        server_name=_server_name(extensions),
        protocols=_protocols(extensions),
    )


def _message(records: bytes) -> bytes:
    """The body of the first handshake message, put together from its records."""
    source, message = _Bytes(records), b""
    while len(message) < MESSAGE_HEADER or len(message) < _size(message):
        if source.number(1) != HANDSHAKE:
            raise Unreadable("not a handshake")
        source.take(2)
        fragment = source.take(source.number(2))
        if not fragment:
            raise Unreadable("an empty record")
        message += fragment
    if message[0] != CLIENT_HELLO:
        raise Unreadable("not a ClientHello")
    return message[MESSAGE_HEADER : _size(message)]


def _size(message: bytes) -> int:
    return MESSAGE_HEADER + int.from_bytes(message[1:4], "big")


def _extensions(body: _Bytes) -> Iterator[tuple[int, bytes]]:
    """Type and content; the first of its type counts."""
    source, seen = body.vector(2), set[int]()
    while source.left:
        kind = source.number(2)
        content = source.take(source.number(2))
        if kind in seen:
            raise Unreadable("an extension comes twice")
        seen.add(kind)
        yield kind, content


def _list_in(extensions: Mapping[int, bytes], kind: int) -> tuple[int, ...]:
    if kind not in extensions:
        return ()
    source = _Bytes(extensions[kind])
    found = source.vector(2).numbers()
    source.end()
    return found


def _versions(extensions: Mapping[int, bytes], legacy: int) -> tuple[int, ...]:
    """The versions listed; before TLS 1.3 a client tells only the highest."""
    if SUPPORTED_VERSIONS not in extensions:
        return (legacy,)
    source = _Bytes(extensions[SUPPORTED_VERSIONS])
    found = source.vector(1).numbers()
    source.end()
    return found


def _server_name(extensions: Mapping[int, bytes]) -> str:
    """The host name asked for (RFC 6066 §3); empty when none is."""
    source = _Bytes(extensions.get(SERVER_NAME, b""))
    if not source.left:
        return ""
    names = source.vector(2)
    source.end()
    while names.left:
        kind, name = names.number(1), names.take(names.number(2))
        if kind == 0:
            return _text(name)
    return ""


def _protocols(extensions: Mapping[int, bytes]) -> tuple[str, ...]:
    """ALPN (RFC 7301)."""
    source = _Bytes(extensions.get(ALPN, b""))
    if not source.left:
        return ()
    names, found = source.vector(2), []
    source.end()
    while names.left:
        name = names.take(names.number(1))
        if not _is_grease(int.from_bytes(name[:2], "big")):
            found.append(_text(name))
    return tuple(found)


def _text(data: bytes) -> str:
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError as error:
        raise Unreadable("a name that is not ASCII") from error
    if not text.isprintable():
        raise Unreadable("a name that cannot be printed")
    return text


def _is_grease(number: int) -> bool:
    return number & 0x0F0F == 0x0A0A and number >> 8 == number & 0xFF


def _named(numbers: tuple[int, ...], names: Mapping[int, str]) -> tuple[str, ...]:
    """Names of what is offered; signals that look like suites are none (RFC 5746, RFC 7507)."""
    real = (n for n in numbers if not _is_grease(n) and n not in SIGNALS)
    return tuple(names.get(n, f"0x{n:04X}") for n in real)


@cache
def suite_names() -> Mapping[int, str]:
    """Names of cipher suites by number, as this machine's OpenSSL knows them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    known = {int(found["id"]) & 0xFFFF: str(found["name"]) for found in context.get_ciphers()}
    return {**known, **OLD_SUITES}

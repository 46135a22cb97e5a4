"""Private keys where none should be: found in whatever was sent, so that they are never kept.

Armour may be missing or say something else; lines may be indented, joined, quoted or in
hexadecimal: what the bytes are decides. An encrypted key is a key as well.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_ssh_private_key,
)

from guichet.x509 import keys

MARKS: Final = (
    b"PRIVATE KEY-----",
    b"PuTTY-User-Key-File",
    b"Private-Key: (",  # openssl rsa -text
)
SSH_MAGIC: Final = base64.b64encode(b"openssh-key-v1")[:18]
SSH_BEGIN: Final = b"-----BEGIN OPENSSH PRIVATE KEY-----"
SSH_END: Final = b"-----END OPENSSH PRIVATE KEY-----"
URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]+")
NOT_HEX: Final = re.compile(rb"[^0-9A-Fa-f]+")
# A SEQUENCE (0x30) of a length that keys have, as its first characters are spelt.
BASE64_START: Final = re.compile(rb"M(?=[A-I])")
HEX_START: Final = re.compile(rb"30(?=[2-8])")
HEAD: Final = 18
VERSIONS: Final = (b"\x02\x01\x00", b"\x02\x01\x01", b"\x02\x01\x03")
PFX_VERSION: Final = b"\x02\x01\x03\x30"  # PFX ::= SEQUENCE {version 3, SEQUENCE … (RFC 7292 4)
PKCS_ARC: Final = b"\x2a\x86\x48\x86\xf7\x0d\x01"  # of the algorithms that encrypt a PKCS#8 key
TRIED_AT_MOST: Final = 50
# Spelt in one piece, longer than any word: the body of an encrypted key has no other sign.
RUN: Final = re.compile(r"[A-Za-z0-9+/_-]{40,}")
NOT_WORD: Final = re.compile(r"[+/_-]")
WEB_ADDRESS: Final = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Found:
    """That there is a private key; `spki_sha256s` name the public halves of those readable."""

    spki_sha256s: frozenset[str]


def find(data: bytes) -> Found | None:
    """What private keys the data holds, in whatever spelling; None when there is none."""
    text = data.replace(b"\0", b"")  # UTF-16, as Windows editors write it
    is_found = any(mark in text for mark in MARKS) or SSH_MAGIC in NOT_BASE64.sub(b"", text)
    digests = {digest for block in _ssh_blocks(text) if (digest := _ssh(block))}
    for encoding in set(islice(_encodings(data, text), TRIED_AT_MOST)):
        is_key, digest = _opened(encoding)
        is_found = is_found or is_key
        digests |= {digest} if digest else set()
    return Found(frozenset(digests)) if is_found else None


def may_be_in(text: str) -> bool:
    """Whether a text holds a private key, or something encoded that could be one."""
    if find(text.encode("utf-8", "replace")) is not None:
        return True
    return any(map(_is_encoded, RUN.findall(WEB_ADDRESS.sub(" ", text))))


def _is_encoded(run: str) -> bool:
    """Base64 mixes cases within words, hexadecimal has few letters; names do neither."""
    words = NOT_WORD.split(run)
    is_mixed = any(word not in {word.upper(), word.lower(), word.capitalize()} for word in words)
    return is_mixed or NOT_HEX.search(run.encode()) is None


def _ssh_blocks(text: bytes) -> Iterator[bytes]:
    """OpenSSH's blocks. A pattern would read to the end of the text from each of its beginnings."""
    start = text.find(SSH_BEGIN)
    while start >= 0 and (end := text.find(SSH_END, start)) >= 0:
        yield text[start : end + len(SSH_END)]
        start = text.find(SSH_BEGIN, end)


def _encodings(data: bytes, text: bytes) -> Iterator[bytes]:
    """DER that begins as a private key does: the data itself, or spelt within its text."""
    if size := _size(data[:HEAD]):
        yield data[:size]
    joined = text.replace(b"\\r", b"").replace(b"\\n", b"")  # line ends as JSON writes them
    base64_text = NOT_BASE64.sub(b"", joined.translate(URL_SAFE))
    for start in BASE64_START.finditer(base64_text):
        if size := _size(_base64(base64_text, start.start(), HEAD)):
            yield _base64(base64_text, start.start(), size)
    hex_text = NOT_HEX.sub(b"", joined)
    for start in HEX_START.finditer(hex_text):
        if size := _size(_hex(hex_text, start.start(), HEAD)):
            yield _hex(hex_text, start.start(), size)


def _size(head: bytes) -> int | None:
    """The length of the structure that these octets begin; None when it can be no key."""
    if len(head) < HEAD or head[0] != 0x30:
        return None
    octets = head[1] & 0x7F if head[1] & 0x80 else 0
    if octets > 2:
        return None
    length = int.from_bytes(head[2 : 2 + octets], "big") if octets else head[1]
    content = head[2 + octets :]
    is_encrypted = content[0] == 0x30 and PKCS_ARC in content
    return 2 + octets + length if content.startswith(VERSIONS) or is_encrypted else None


def _base64(text: bytes, start: int, size: int) -> bytes:
    part = text[start : start + -(-size * 8 // 6)]
    return base64.b64decode(part + b"=" * (-len(part) % 4))[:size] if len(part) % 4 != 1 else b""


def _hex(text: bytes, start: int, size: int) -> bytes:
    part = text[start : start + 2 * size]
    return bytes.fromhex(part[: len(part) // 2 * 2].decode())


def _opened(encoding: bytes) -> tuple[bool, str | None]:
    """Whether it is a private key, and its public half's digest when no phrase is asked for."""
    if PFX_VERSION in encoding[2:10]:
        return True, None
    try:
        key = load_der_private_key(encoding, None, unsafe_skip_rsa_key_validation=True)
    except TypeError:  # it is one, and asks for its password
        return True, None
    except (ValueError, UnsupportedAlgorithm):
        return False, None
    return True, _digest(key)


def _digest(key: object) -> str | None:
    """The public half's, where the private one proves to be its own: nobody burns others' keys."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        value = key.private_numbers().private_value
        return keys.facts(ec.derive_private_key(value, key.curve).public_key()).spki_sha256
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.private_numbers()
        p, q, modulus = numbers.p, numbers.q, numbers.public_numbers.n
        is_own = min(p, q) > 1 and p * q == modulus
        return keys.facts(key.public_key()).spki_sha256 if is_own else None
    if isinstance(key, keys.SIGNING_KEYS):
        return keys.facts(key.public_key()).spki_sha256
    return None


def _ssh(block: bytes) -> str | None:
    try:
        return _digest(load_ssh_private_key(block, None))
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return None

"""Lists of public keys: SHA-256 digests one a line, or keys, certificates and requests in PEM.

Read as a stream: a list of a million lines takes no more memory than one of ten.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate, load_pem_x509_csr

from guichet.x509 import keys, private_keys
from guichet.x509.errors import LIBRARY_REFUSALS

LINE_AT_MOST: Final = 4096
BLOCK_AT_MOST: Final = 64 * 1024
SHOWN: Final = 60
DIGEST: Final = re.compile(rb"(?:sha-?256[=/]?)?([0-9a-f]{64})", re.IGNORECASE)
BEGIN: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----")
PUBLIC: Final[Mapping[bytes, Callable[[bytes], PublicKeyTypes]]] = {
    b"PUBLIC KEY": load_pem_public_key,
    b"RSA PUBLIC KEY": load_pem_public_key,
    b"CERTIFICATE": lambda pem: load_pem_x509_certificate(pem).public_key(),
    b"CERTIFICATE REQUEST": lambda pem: load_pem_x509_csr(pem).public_key(),
    b"NEW CERTIFICATE REQUEST": lambda pem: load_pem_x509_csr(pem).public_key(),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line, or one PEM block from that line on, holds: digests in lower case, or none.

    `text` is the beginning of what could not be read.
    """

    line: int
    digests: frozenset[str]
    text: str = ""


def read(file: IO[bytes]) -> Iterator[Entry]:
    """Every entry of a list; empty lines and those that begin with # are passed over."""
    number = 0
    while line := file.readline(LINE_AT_MOST):
        number += 1
        text = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
        if not text or text.startswith(b"#"):
            continue
        if begun := BEGIN.search(text):
            block, ended = _block(file, text)
            yield _entry(number, _of_block(begun[1], block), text)
            number = number + ended
        else:
            found = DIGEST.fullmatch(text.replace(b":", b"").replace(b" ", b""))
            digests = {found[1].decode().lower()} if found else set()
            yield _entry(number, digests, text)


def _entry(line: int, digests: set[str], text: bytes) -> Entry:
    shown = "" if digests else text[:SHOWN].decode("utf-8", "replace")
    return Entry(line, frozenset(digests), shown)


def _block(file: IO[bytes], first: bytes) -> tuple[bytes, int]:
    """A PEM block to its end, and how many lines it takes after its first."""
    lines, size = [first], len(first)
    while b"-----END " not in lines[-1] and size < BLOCK_AT_MOST:
        line = file.readline(LINE_AT_MOST)
        if not line:
            break
        lines.append(line.strip())
        size += len(line)
    return b"\n".join(lines) + b"\n", len(lines) - 1


def _of_block(label: bytes, block: bytes) -> set[str]:
    """The digest of the public key; that of the public half where a private key was listed."""
    if label not in PUBLIC:
        found = private_keys.find(block)
        return set(found.spki_sha256s) if found else set()
    try:
        return {keys.facts(PUBLIC[label](block)).spki_sha256}
    except (*LIBRARY_REFUSALS, UnsupportedAlgorithm):
        return set()

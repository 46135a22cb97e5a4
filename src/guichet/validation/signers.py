"""What the responder answers with: authorities published, delegated keys, read as they change."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from guichet.x509 import keys, ocsp, signatures
from guichet.x509.errors import Unreadable
from guichet.x509.ocsp import CertId
from guichet.x509.ocsp_answer import Responder, Signature

logger = logging.getLogger(__name__)
NEXT: Final = ".next"
NEVER: Final = ".never"
"""Ends the name of a mark: no delegate of this authority comes any more."""


@dataclass(frozen=True, slots=True)
class Delegate:
    """A delegated responder and the end of its certificate."""

    responder: Responder
    not_after: datetime


class Delegates:
    """Authorities by what a CertID says of them, and their delegated responders."""

    def __init__(self, published: Path, keys: Path) -> None:
        self._authorities = published / "ac"
        self._keys = keys
        self._seen: tuple[tuple[Path, int], ...] = ()
        self._codes: dict[tuple[str, bytes, bytes], str] = {}
        self._hashes: dict[str, tuple[tuple[str, bytes, bytes], ...]] = {}
        self._delegates: dict[str, Delegate] = {}

    def refresh(self) -> bool:
        """Read again what was added or replaced; tell whether anything was.

        What cannot be read is left out and told in the log: the other authorities go on.
        """
        files = sorted([*self._authorities.glob("*.cer"), *self._keys.glob("*.pem")])
        seen = tuple(_stamped(files))
        if seen == self._seen:
            return False
        self._codes, self._hashes, self._delegates = {}, {}, {}
        for file, _ in seen:
            try:
                self._read(file)
            except (OSError, TypeError, ValueError, Unreadable):
                logger.exception("%s cannot be read", file)
        self._seen = seen
        return True

    @property
    def any_key(self) -> bool:
        """Whether this process holds a delegated key at all; a copy elsewhere may hold none."""
        return bool(self._delegates)

    def code(self, asked: CertId) -> str | None:
        """Full code of the authority the CertID names (RFC 6960 4.1.1); None for a foreign one."""
        return self._codes.get((asked.algorithm, asked.issuer_name_hash, asked.issuer_key_hash))

    def named(self, code: str, serial: int) -> tuple[CertId, ...] | None:
        """How CertIDs name a certificate, under each hash; None for an authority not published."""
        hashes = self._hashes.get(code)
        if hashes is None:
            return None
        return tuple(CertId(*of_issuer, serial) for of_issuer in hashes)

    def delegate(self, code: str, at: datetime) -> Delegate | None:
        """The responder of an authority; None when it has none that is valid."""
        found = self._delegates.get(code)
        return found if found and at < found.not_after else None

    def is_awaited(self, code: str) -> bool:
        """Whether a delegate may come for an authority that has none."""
        return not (self._keys / f"{code}{NEVER}").exists()

    def _read(self, file: Path) -> None:
        if file.suffix == ".cer":
            self._learn(file.stem, file.read_bytes())
        elif not file.stem.endswith(NEXT):
            self._delegates[file.stem] = _delegate(file.read_bytes())

    def _learn(self, code: str, der: bytes) -> None:
        issuer = ocsp.issuer(der)
        key_hashes = dict(issuer.key_hashes)
        hashes = tuple((a, name_hash, key_hashes[a]) for a, name_hash in issuer.name_hashes)
        self._hashes[code] = hashes
        self._codes |= dict.fromkeys(hashes, code)


def _stamped(files: Iterable[Path]) -> Iterator[tuple[Path, int]]:
    """Files with their times, less those that the clerk took away meanwhile."""
    for file in files:
        with suppress(FileNotFoundError):
            yield file, file.stat().st_mtime_ns


def _delegate(pem: bytes) -> Delegate:
    certificate = x509.load_pem_x509_certificate(pem)
    key = load_pem_private_key(pem, None)
    if not isinstance(key, keys.SIGNING_KEYS):
        raise TypeError("a responder's key signs")
    if key.public_key() != certificate.public_key():
        raise ValueError("the key is not the certificate's")
    signature = Signature.of(certificate.public_bytes(Encoding.DER))
    responder = Responder(signature=signature, key=signatures.bound(key))
    return Delegate(responder, certificate.not_valid_after_utc.astimezone(UTC))

"""Revocation status from a folder of published artefacts: `crl/<code>.crl`, `ac/<code>.cer`.

Files are replaced whole by the publisher; what was read is kept until the file changes.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from guichet.x509 import certificate, crl
from guichet.x509.errors import Unreadable

HELD_AT_MOST: Final = 256
Stamp = tuple[int, int, int]  # inode, size, modification time in nanoseconds


@dataclass(frozen=True, slots=True)
class Good:
    """Not revoked, by a list that is fresh and signed."""


@dataclass(frozen=True, slots=True)
class Revoked:
    """Revoked at an instant, for a reason if one was given."""

    at: datetime
    reason: crl.Reason | None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """No list can be relied on: none published, unreadable, wrongly signed, or out of date."""

    why: Literal["unpublished", "unreadable", "signature", "stale"]


Status = Good | Revoked | Unavailable


class RevocationFolder:
    """Statuses by the published lists of the authorities; reads are cheap between changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._authorities: dict[str, tuple[Stamp, bytes]] = {}
        self._lists: dict[str, tuple[Stamp, bytes, crl.Crl | Unavailable]] = {}

    def status(self, certificate_der: bytes, issuer_der: bytes, at: datetime) -> Status:
        """Tell the status of a certificate whose issuer is known. Raises Unreadable."""
        code = self._code_of(issuer_der)
        found = self._list(code, issuer_der) if code else Unavailable("unpublished")
        if isinstance(found, Unavailable):
            return found
        if not found.this_update <= at < found.next_update:
            return Unavailable("stale")
        entry = found.entries.get(certificate.load(certificate_der).serial_number)
        return Revoked(entry.revoked_at, entry.reason) if entry else Good()

    def _code_of(self, issuer_der: bytes) -> str | None:
        """Return the code under which this name and key are published, whoever certified them."""
        wanted = _identity(issuer_der)
        for path in sorted((self._path / "ac").glob("*.cer")):
            if self._authority(path) == wanted:
                return path.stem
        return None

    def _authority(self, path: Path) -> bytes | None:
        stamp = _stamp(path)
        if stamp is None:
            return None
        kept = self._authorities.get(path.stem)
        if kept is None or kept[0] != stamp:
            kept = self._authorities[path.stem] = (stamp, _identity(path.read_bytes()))
        return kept[1]

    def _list(self, code: str, issuer_der: bytes) -> crl.Crl | Unavailable:
        path = self._path / "crl" / f"{code}.crl"
        stamp = _stamp(path)
        if stamp is None:
            return Unavailable("unpublished")
        kept = self._lists.get(code)
        if kept is None or kept[:2] != (stamp, issuer_der):
            kept = self._lists[code] = (stamp, issuer_der, _read(path.read_bytes(), issuer_der))
        return kept[2]


@lru_cache(maxsize=HELD_AT_MOST)
def _identity(certificate_der: bytes) -> bytes:
    """Name and key: what a list is of (RFC 5280 6.3.3 (f))."""
    return certificate.subject_der(certificate_der) + certificate.spki_der(certificate_der)


def _read(crl_der: bytes, issuer_der: bytes) -> crl.Crl | Unavailable:
    if not crl.is_signed_by(crl_der, issuer_der):
        return Unavailable("signature")
    try:
        return crl.read(crl_der)
    except Unreadable:
        return Unavailable("unreadable")


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns

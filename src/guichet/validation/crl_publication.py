"""Publishing lists: written aside, verified, renamed; a number never goes back (RFC 5280 5.2.3).

A folder that holds a higher number than the database knows was fed from a database that was lost:
the older list is not published, and the signer is told to number the next one above.
"""

import hashlib
import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from guichet.authority import operations, queries
from guichet.authority.queries import CrlFacts
from guichet.domain.certificates.extensions import WHOLE
from guichet.validation.files import replace
from guichet.x509 import crl, crl_headings
from guichet.x509.crl_headings import Heading
from guichet.x509.errors import Unreadable

logger = logging.getLogger(__name__)
NOTE: Final = b"meta:crl:"
PUBLISHER: Final = "publisher"


class PublicationError(Exception):
    """What the authority holds cannot be published; what is published stays."""


class Notes(Protocol):
    """Where the publisher remembers what it published."""

    def told(self, name: bytes) -> bytes | None:
        """A note, or None."""

    def say(self, name: bytes, value: bytes) -> None:
        """Leave a note; durable when it returns."""


class Intact:
    """Published files seen whole; one is read again when what the file system tells changes."""

    def __init__(self) -> None:
        self._seen: dict[Path, tuple[int, int, int]] = {}

    def holds(self, path: Path, sha256: str) -> bool:
        """Whether the file is there with these octets."""
        try:
            told = path.stat()
            stamp = told.st_ino, told.st_mtime_ns, told.st_size
            if self._seen.get(path) == stamp:
                return True
            with path.open("rb") as stream:
                is_whole = hashlib.file_digest(stream, "sha256").hexdigest() == sha256
        except FileNotFoundError:
            return False
        if is_whole:
            self._seen[path] = stamp
        return is_whole


def publish(folder: Path, notes: Notes, at: datetime, intact: Intact) -> int:
    """Publish the lists issued since the last time in `folder`/crl; return how many.

    A file that was lost or damaged since is published again.

    One that cannot be published holds up no other. Raises PublicationError, which names them all:
    a list that does not verify, is not what its row says, or would take a number back.
    """
    done, faults = 0, []
    for found in queries.last_lists():
        try:
            path = folder / "crl" / f"{found.name}.crl"
            if _noted(notes, found) != found.number or not intact.holds(path, found.sha256):
                done += _publish(path, found, notes, at)
        except PublicationError as fault:
            faults.append(str(fault))
    if faults:
        raise PublicationError("; ".join(faults))
    return done


def _publish(path: Path, found: CrlFacts, notes: Notes, at: datetime) -> int:
    issuer = queries.authority_certificate(found.authority)
    _require_newer(found, max(_noted(notes, found), _published(path, issuer)), at)
    last = queries.last_crl(found.authority, found.shard, found.kind)
    if last is None or last.number != found.number or not last.der:
        return 0  # replaced since it was looked up: the next round publishes the newer one
    if wrong := next(_wrongs(last.der, found, issuer), None):
        raise PublicationError(f"the CRL of {found.name} {wrong}")
    if last.next_update <= at:
        logger.warning("the last CRL of %s is over since %s", found.name, last.next_update)
    replace(path, last.der)
    notes.say(NOTE + found.name.encode(), str(last.number).encode())
    return 1


def _noted(notes: Notes, found: CrlFacts) -> int:
    return int(notes.told(NOTE + found.name.encode()) or b"0")


def _published(path: Path, issuer: bytes) -> int:
    """The number of the list that relying parties are given; 0 when it is none of this issuer."""
    try:
        der = path.read_bytes()
        return crl_headings.read(der).number if crl.is_signed_by(der, issuer) else 0
    except (FileNotFoundError, Unreadable):
        return 0


def _require_newer(found: CrlFacts, published: int, at: datetime) -> None:
    """Never take a number back. Raises PublicationError, once the signer is told of the number."""
    if found.number >= published:
        return
    if operations.raise_crl_floor(
        code=found.authority, shard=found.shard, number=published, by=PUBLISHER, at=at
    ):
        logger.critical(
            "the CRL of %s was published with number %d and the database ends at %d: was an old "
            "copy restored? The next one is numbered above",
            *(found.name, published, found.number),
        )
    raise PublicationError(f"the CRL of {found.name} would go back")


def _wrongs(der: bytes, found: CrlFacts, issuer: bytes) -> Iterator[str]:
    """What makes a list unfit: nothing here believes the database."""
    if hashlib.sha256(der).hexdigest() != found.sha256:
        yield "is not the one that was stored"
    if not crl.is_signed_by(der, issuer):
        yield "does not verify"
        return
    try:
        said = crl_headings.read(der)
    except Unreadable:
        yield "cannot be read"
        return
    if (said.number, said.base_number) != (found.number, found.base_number):
        yield "has another number"
    if not _is_about(said, found):
        yield "is about something else"


def _is_about(said: Heading, found: CrlFacts) -> bool:
    if found.shard == WHOLE:
        return said.point is None
    return said.point is not None and said.point.endswith(f"/crl/{found.scope}.crl")

"""What relying parties were given, read again: what a restored database is held against.

From a published folder, from a place that copies follow, or by HTTP. Nothing is written, and
lists are believed only under their authority's signature.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import httpx
import lmdb
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from guichet.domain.certificates.extensions import WHOLE, PkiUrls, list_name
from guichet.domain.certificates.recovery import PublishedNumber, PublishedStatus
from guichet.validation import records
from guichet.validation.copies import batches, manifest, seals
from guichet.validation.copies.lists import SCOPE
from guichet.validation.copies.manifest import Head, Ref
from guichet.validation.copies.places import Place
from guichet.validation.copies.refusals import PublicationRefusedError
from guichet.validation.store import FILE, TABLES, named, open_environment
from guichet.x509 import crl, crl_headings
from guichet.x509.errors import Unreadable
from guichet.x509.ocsp import Revoked

TIMEOUT_S: Final = 30.0
LIST_AT_MOST: Final = 1 << 29
Authorities = Mapping[str, bytes]
"""Certificates (DER) of the authorities known here, by code."""


class SourceError(Exception):
    """What was published cannot be read there; the message says what to do."""


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A list that verifies: its number, its scope, and what it revokes."""

    number: PublishedNumber
    revoked: tuple[PublishedStatus, ...]


class Source(Protocol):
    """Somewhere that published artefacts are kept."""

    @property
    def name(self) -> str:
        """What operators call it."""

    def statuses(self) -> Iterator[PublishedStatus]:
        """Every status that is kept there. Raises SourceError."""

    def lists(self, authorities: Authorities) -> Iterator[PublishedList]:
        """Every list of these authorities. Raises SourceError."""


class Folder:
    """A published folder: `validation.lmdb`, `crl/`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = str(path)

    def statuses(self) -> Iterator[PublishedStatus]:
        """From the store, if there is one."""
        file = self._path / FILE
        if not file.is_file():
            return
        try:
            with open_environment(file, readonly=True) as opened:
                table = opened.open_db(TABLES[0], create=False)
                with opened.begin(db=table) as reading, reading.cursor() as cursor:
                    for where, record in cursor:
                        yield _status(bytes(where), bytes(record))
        except lmdb.Error as error:
            raise SourceError(f"{file} cannot be read: {error}") from error

    def lists(self, authorities: Authorities) -> Iterator[PublishedList]:
        """From crl/."""
        for path in sorted((self._path / "crl").glob("[!.]*.crl")):
            yield from _read(path.stem, path.read_bytes(), authorities)


class Shipped:
    """A place that a publisher ships to, opened by its public key."""

    def __init__(self, address: str, key: Ed25519PublicKey) -> None:
        self.name = address
        self._place = Place(address)
        self._key = key

    def statuses(self) -> Iterator[PublishedStatus]:
        """From the snapshot, then from each batch since: of one certificate the last is true."""
        head = self._head()
        if head is None:
            return
        for ref in self._refs(head):
            for where, record in batches.unpack(self._object(ref)):
                yield _status(where, record)

    def lists(self, authorities: Authorities) -> Iterator[PublishedList]:
        """The lists that the head names."""
        head = self._head()
        if head is None:
            return
        for name, ref in manifest.read_files(self._object(head.files)).items():
            if name.startswith("crl/"):
                yield from _read(Path(name).stem, self._object(ref), authorities)

    def _head(self) -> Head | None:
        sealed = self._place.head()
        return Head.read(seals.opened(sealed, self._key)) if sealed is not None else None

    def _refs(self, head: Head) -> Iterator[Ref]:
        yield from manifest.read_parts(self._object(head.snapshot.ref))
        for page in head.pages:
            yield from (one.ref for one in manifest.read_page(self._object(page.ref)))
        yield from (one.ref for one in head.batches)

    def _object(self, ref: Ref) -> bytes:
        return self._place.object(ref.sha256, ref.size)


class Web:
    """Lists as relying parties fetch them; statuses are not listed there."""

    def __init__(self, base: str, shards: Callable[[], Iterator[tuple[str, int]]]) -> None:
        self.name = base
        self._urls = PkiUrls(base.rstrip("/"))
        self._shards = shards

    def statuses(self) -> Iterator[PublishedStatus]:
        """None: OCSP answers what it is asked, and nobody knows what to ask."""
        return iter(())

    def lists(self, authorities: Authorities) -> Iterator[PublishedList]:
        """Complete and delta of each scope known here."""
        with httpx.Client(timeout=TIMEOUT_S, follow_redirects=True) as client:
            for code, shard in self._shards():
                for url in (self._urls.crl(code, shard), self._urls.delta_crl(code, shard)):
                    yield from _read(Path(url).stem, _fetched(client, url), authorities)


def _fetched(client: httpx.Client, url: str) -> bytes:
    try:
        with client.stream("GET", url) as answer:
            if answer.status_code == httpx.codes.NOT_FOUND:
                return b""
            answer.raise_for_status()
            found = bytearray()
            for chunk in answer.iter_bytes():
                found += chunk
                if len(found) > LIST_AT_MOST:
                    raise SourceError(f"{url}: a list of more than {LIST_AT_MOST >> 20} MiB")
            return bytes(found)
    except httpx.HTTPError as error:
        raise SourceError(f"{url} cannot be fetched: {error}") from error


def _status(where: bytes, record: bytes) -> PublishedStatus:
    authority, serial = named(where)
    status = records.status(record)
    if isinstance(status, Revoked):
        return PublishedStatus(authority, serial, status.at, status.reason)
    return PublishedStatus(authority, serial)


def _read(stem: str, der: bytes, authorities: Authorities) -> Iterator[PublishedList]:
    """One list, if it is one of these authorities and verifies; what is none is passed over."""
    for code, certificate in authorities.items():
        rest = stem.removeprefix(code)
        if stem.startswith(code) and SCOPE.fullmatch(rest) and crl.is_signed_by(der, certificate):
            shard = rest.removesuffix("-delta").removeprefix("-")
            try:
                number = crl_headings.read(der).number
                entries = tuple(crl.entries(der))
            except Unreadable:
                return
            yield PublishedList(
                PublishedNumber(code, int(shard or WHOLE), number),
                tuple(PublishedStatus(code, e.serial, e.revoked_at, e.reason) for e in entries),
            )
            return


def name_of(number: PublishedNumber) -> str:
    """What operators call a scope: "ACI-EL-ORG-TEST", "ACI-EL-ORG-TEST-2"."""
    return list_name(number.authority, number.shard)


__all__ = [
    "Folder",
    "PublicationRefusedError",
    "PublishedList",
    "Shipped",
    "Source",
    "SourceError",
    "Web",
    "name_of",
]

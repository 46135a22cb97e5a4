"""Publishing for relying parties: authorities' certificates, CRLs, statuses, signed answers.

One publisher works at a time (`exclusive`); another waits, to take over. What is published can be
lost or left by a process that was killed: it is made again from the database.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import lmdb
from django.conf import settings

from guichet.authority import operations, queries, recovery
from guichet.authority.authority_facts import crossings
from guichet.authority.queries import Authority, CertificateStatus
from guichet.validation import crl_publication, presigning
from guichet.validation.copies import standing
from guichet.validation.exclusive import exclusive
from guichet.validation.files import replace, sweep
from guichet.validation.presigning import Presigner
from guichet.validation.records import Published
from guichet.validation.signers import Delegates
from guichet.validation.store import FILE, StoreWriter
from guichet.x509 import bundles
from guichet.x509.ocsp import Good, Revoked

logger = logging.getLogger(__name__)
CHAIN: Final = "chain.p7c"
EXPORTED: Final = b"exported"
"""Note of how far the first export of all certificates went: it is taken up after a crash."""
PAGES_A_ROUND: Final = 10
SIGNED_A_ROUND: Final = 500


class Publisher:
    """Publishes a folder round after round; to be used by who is alone at it (`exclusive`)."""

    def __init__(self, folder: Path, keys: Path) -> None:
        self._folder = folder
        self._keys = keys
        sweep(folder, folder / "ac", folder / "crl", keys)
        (folder / standing.COPY).unlink(missing_ok=True)  # it was a copy: it is the source now
        self._store: StoreWriter | None = None
        self._presigner: Presigner | None = None
        self._inode = 0
        self._intact = crl_publication.Intact()

    @property
    def store(self) -> StoreWriter | None:
        """The store while it is open, for a thread beside."""
        return self._store

    def close(self) -> None:
        """Close the store."""
        if self._store is not None:
            self._store.close()
        self._store = self._presigner = None

    def publish_changes(self, at: datetime) -> int:
        """Publish what changed since the last time; return how many artefacts and statuses.

        Cheap when nothing changed: five small queries. A folder that was lost is made again.
        Raises PublicationError for a CRL that does not verify or would go back.
        """
        return self.publish_statuses(at) + self.publish_lists(at)

    def publish_statuses(self, at: datetime) -> int:
        """Authorities' certificates, and statuses with their answers.

        Nothing while the database is one restored and not confirmed: it may call valid what was
        revoked since.
        """
        authorities = queries.authorities()
        if not authorities or recovery.is_held():
            return 0
        done = _authorities(self._folder / "ac", authorities)
        with self._opened() as (store, presigner):
            presigner.refresh()
            return done + _statuses(store, presigner, at)

    def publish_lists(self, at: datetime) -> int:
        """CRLs; a step apart, so that one that cannot be published holds up no status."""
        if not (self._folder / FILE).exists():
            return 0
        with self._opened() as (store, _):
            return crl_publication.publish(self._folder, store, at, self._intact)

    def sign_again(self, at: datetime, limit: int = SIGNED_A_ROUND) -> int:
        """Sign a bounded batch of the answers whose time has come; needs no database."""
        if not (self._folder / FILE).exists():
            return 0
        with self._opened() as (store, presigner):
            presigner.refresh()
            return presigning.sign_again(store, presigner, at, limit)

    @contextmanager
    def _opened(self) -> Iterator[tuple[StoreWriter, Presigner]]:
        """The store; opened again when its file was lost or replaced under us, or a write failed.

        LMDB refuses every later write once the disk was full at the wrong moment.
        """
        try:
            yield self._open()
        except lmdb.Error:
            self.close()
            raise

    def _open(self) -> tuple[StoreWriter, Presigner]:
        if self._store is not None and not self._is_in_place():
            self.close()
        if self._store is None or self._presigner is None:
            self._store = StoreWriter(self._folder)
            self._inode = (self._folder / FILE).stat().st_ino
            self._presigner = Presigner(Delegates(self._folder, self._keys), self._store)
        return self._store, self._presigner

    def _is_in_place(self) -> bool:
        try:
            return (self._folder / FILE).stat().st_ino == self._inode
        except FileNotFoundError:
            return False


def publish_once(at: datetime) -> int:
    """Publish everything there is to publish, now; return how many artefacts and statuses.

    Raises BusyError, PublicationError.
    """
    folder: Path = settings.GUICHET.published
    if not queries.authorities():
        return 0
    with exclusive(folder):
        publisher = Publisher(folder, settings.GUICHET.state / "responder")
        try:
            done = 0
            while more := publisher.publish_changes(at):
                done += more
            return done
        finally:
            publisher.close()


def _statuses(store: StoreWriter, presigner: Presigner, at: datetime) -> int:
    """What changed, first; then some pages of the first export, until all was exported once."""
    done = 0
    for _ in range(PAGES_A_ROUND):
        page = queries.statuses_to_publish()
        if not page:
            break
        _put(store, presigner, page, at)
        operations.mark_published(page)
        done += len(page)
        if len(page) < queries.PAGE:
            break
    if not store.is_complete:
        done += _export(store, presigner, at)
    return done


def _export(store: StoreWriter, presigner: Presigner, at: datetime) -> int:
    last = int(store.told(EXPORTED) or b"0")
    done = 0
    for _ in range(PAGES_A_ROUND):
        page = queries.statuses_after(last)
        if not page:
            store.complete()
            break
        _put(store, presigner, page, at)
        last = page[-1].certificate_id
        store.say(EXPORTED, str(last).encode())
        done += len(page)
    return done


def _put(
    store: StoreWriter, presigner: Presigner, page: Sequence[CertificateStatus], at: datetime
) -> None:
    for refused in store.put(presigner.signed(map(_published, page), at), at):
        logger.error(
            "%s of %s is published as revoked and the database calls it valid: "
            "was an old copy restored? It stays revoked",
            f"{refused.serial:x}",
            refused.authority,
        )


def _published(found: CertificateStatus) -> Published:
    revoked = found.revoked_at
    status = Good() if revoked is None else Revoked(revoked, found.reason)
    return Published(found.authority, found.serial, status)


def _authorities(folder: Path, authorities: Iterable[Authority]) -> int:
    """Certificates of authorities, those by other issuers beside (.crt), and all in one bundle."""
    every = tuple(authorities)
    wanted = {f"{authority.code}.cer": authority.certificate_der for authority in every}
    if sum(authority.crossings for authority in every):
        wanted |= {f"{one.name}.crt": one.certificate_der for one in crossings()}
    missing = [name for name in wanted if not (folder / name).exists()]
    for name in missing:
        replace(folder / name, wanted[name])
    if missing or not (folder / CHAIN).exists():
        replace(folder / CHAIN, bundles.pkcs7(list(wanted.values())))
    return len(missing)

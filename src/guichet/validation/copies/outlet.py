"""Shipping what is published to copies elsewhere: immutable objects first, last a head naming them.

Whatever is killed when, a head names only objects that are there: what was shipped for a head that
never came is shipped again, and swept.
"""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guichet.validation import files
from guichet.validation.copies import batches, manifest, seals
from guichet.validation.copies.journal_log import LogShipper
from guichet.validation.copies.manifest import Head, Numbered, Previous, Source
from guichet.validation.copies.places import Place
from guichet.validation.copies.refusals import PublicationRefusedError
from guichet.validation.copies.shipping import Shipper
from guichet.validation.copies.snapshots import Filling
from guichet.validation.store import IDENTITY, StoreWriter

logger = logging.getLogger(__name__)
LAST: Final = "head"
"""In the folder of the key: the last head shipped, so that numbers rise when the place is lost."""
BATCH_AT_MOST: Final = 8 << 20
BATCHES_AT_ONCE: Final = 16
PAGES_AT_MOST: Final = 64
HEARTBEAT: Final = timedelta(seconds=60)
"""A head comes this often at least: copies know by it that the publisher is there."""
SWEPT_EVERY_S: Final = 3_600.0
"""An object that no head names goes after one to two of these: no copy reads for that long."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What is shipped: the folder, and the store in it while the publisher has it open."""

    published: Path
    store: Callable[[], StoreWriter | None]


class Outlet:
    """Ships one published folder to one place; each call of `ship` is a step, whole or absent."""

    def __init__(
        self,
        place: Place,
        origin: Origin,
        keys: Path,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place = place
        self._origin = origin
        self._keys = keys
        self._clock = clock
        self._key: Ed25519PrivateKey = seals.own_key(keys)
        self._shipper = Shipper(place, origin.published)
        self._log = LogShipper(place, origin.published)
        self._last: tuple[Head, str] | None = None
        self._filling: Filling | None = None
        self._swept_at = clock()
        self._doomed: frozenset[str] = frozenset()

    def ship(self, at: datetime) -> Head | None:
        """Ship what changed; return the new head, or None when nothing is to be told.

        Raises PlaceError: call again later, all is taken up where the place stands.
        PublicationRefusedError: another publisher ships there.
        """
        store = self._origin.store()
        if store is None:
            return None
        try:
            head = self._ship(store, at)
            if self._clock() - self._swept_at >= SWEPT_EVERY_S:
                self.sweep()
        except Exception:
            # Whether the head was written is not known: the place is asked.
            self._last = self._filling = None
            raise
        self._log.ship()  # last: a log that cannot be shipped holds up nothing else
        return head

    def sweep(self) -> None:
        """Remove the objects that no head named at the last sweep, nor names now.

        A publication that lacks one is shipped again, whole, by the next step.
        """
        if self._last is None:
            return
        self._swept_at = self._clock()
        live, there = self._named_by(self._last[0]), self._place.objects()
        if live is None or not live <= there:
            self._last = None
            return
        for name in sorted(self._doomed & there - live):
            self._place.remove_object(name)
        self._doomed = there - live

    def _ship(self, store: StoreWriter, at: datetime) -> Head | None:
        if self._last is None:
            self._last = self._resumed()
        before = self._last[0] if self._last else None
        draft = self._batched(before, store) if before else None
        draft = draft or self._everything(before, store, at)
        draft = self._refilled(draft, store)
        draft = self._shipper.with_files(draft, store)
        is_still = before is not None and replace(draft, sequence=before.sequence) == before
        if before is not None and is_still and abs(at - before.at) < HEARTBEAT:
            return None
        return self._put(draft, at)

    def _resumed(self) -> tuple[Head, str] | None:
        """The head that is there, if ours, whole, and no older than the last we shipped."""
        sealed = self._place.head()
        if sealed is None:
            return None
        other = seals.signer(sealed)
        if other not in {None, seals.name(self._key.public_key())}:
            raise PublicationRefusedError(f"another publisher ships there, by its key {other}")
        try:
            head = Head.read(seals.opened(sealed, self._key.public_key()))
        except PublicationRefusedError:
            logger.exception("the head of the publication was tampered with: it is made again")
            return None
        live = self._named_by(head)
        is_whole = live is not None and live <= self._place.objects()
        if head.sequence < self._last_sequence() or not is_whole:
            logger.error(
                "the publication was damaged, or is an old one: all of it is shipped again"
            )
            return None
        return head, manifest.digest(sealed)

    def _named_by(self, head: Head) -> frozenset[str] | None:
        """All that a head names; None when a list of objects that it names is not whole."""
        try:
            return self._shipper.named_by(head)
        except PublicationRefusedError:
            return None

    def _last_sequence(self) -> int:
        try:
            sealed = (self._keys / LAST).read_bytes()
            return Head.read(seals.opened(sealed, self._key.public_key())).sequence
        except (FileNotFoundError, PublicationRefusedError):
            return 0

    def _batched(self, before: Head, store: StoreWriter) -> Head | None:
        """The head before with the changes since; None when the store's log cannot tell them."""
        if before.source.identity != _identity(store):
            return None
        head = before
        for _ in range(BATCHES_AT_ONCE):
            found = store.log.after(head.source.change, at_most=BATCH_AT_MOST)
            if not found.is_whole:
                return None
            if not found.records:
                break
            batch = Numbered(head.last + 1, self._shipper.put(batches.pack(found.records)))
            source = Source(head.source.identity, found.last)
            head = self._shipper.paged(replace(head, source=source, batches=(*head.batches, batch)))
        return replace(head, is_complete=store.is_complete)

    def _everything(self, before: Head | None, store: StoreWriter, at: datetime) -> Head:
        """A lineage that begins with all there is."""
        self._shipper.forget()
        self._log.forget()
        filling = Filling(0, Source(_identity(store), store.log.last()))
        while not filling.add_part(store, self._shipper):
            pass
        empty = self._shipper.put(manifest.parts(()))
        return Head(
            sequence=before.sequence if before else self._last_sequence(),
            at=at,
            previous=None,
            lineage=secrets.token_hex(8),
            source=filling.source,
            is_complete=store.is_complete,
            delegates=empty,
            files=empty,
            snapshot=filling.snapshot(self._shipper),
            pages=(),
            batches=(),
        )

    def _refilled(self, head: Head, store: StoreWriter) -> Head:
        """Once the log is long: a part of another snapshot each time, then the log without."""
        if self._filling is None or self._filling.lineage != head.lineage:
            if len(head.pages) < PAGES_AT_MOST:
                self._filling = None
                return head
            self._filling = Filling(head.last, head.source, head.lineage)
        if not self._filling.add_part(store, self._shipper):
            return head
        snapshot, self._filling = self._filling.snapshot(self._shipper), None
        return replace(
            head,
            snapshot=snapshot,
            pages=tuple(page for page in head.pages if page.number > snapshot.number),
            batches=tuple(one for one in head.batches if one.number > snapshot.number),
        )

    def _put(self, draft: Head, at: datetime) -> Head:
        """Numbers are instants as long as the clock goes on: they rise whatever was lost."""
        sequence = max(draft.sequence + 1, int(at.timestamp() * 1000))
        previous = Previous(self._last[0].sequence, self._last[1]) if self._last else None
        head = replace(draft, sequence=sequence, at=at, previous=previous)
        sealed = seals.seal(head.body(), self._key)
        self._place.put_head(sealed)
        self._last = head, manifest.digest(sealed)
        files.replace(self._keys / LAST, sealed, mode=0o600)
        return head


def _identity(store: StoreWriter) -> str:
    return (store.told(IDENTITY) or b"").hex()

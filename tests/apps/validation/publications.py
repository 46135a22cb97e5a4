"""A publisher's folder, the place it ships to, and copies that follow, all in this process."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from apps.validation.responders import CODE
from guichet.validation import records
from guichet.validation.answers import Validation
from guichet.validation.copies import seals
from guichet.validation.copies.follower import Follower
from guichet.validation.copies.outlet import Origin, Outlet
from guichet.validation.copies.places import Place
from guichet.validation.copies.refusals import PlaceError
from guichet.validation.presigning import Presigner
from guichet.validation.records import Published
from guichet.validation.signers import Delegates
from guichet.validation.store import StoreWriter, named
from guichet.x509.ocsp import Good, Revoked, Status
from kit.pki import NOW, Leaf

SECOND = timedelta(seconds=1)


class Clumsy(Place):
    """A place that fails at one of its writes, before or after it is done."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.fails_at = -1
        self.fails_after = False
        self.calls = self.failures = 0

    def _write(self, name: str, content: bytes) -> None:
        is_failing = self.calls == self.fails_at
        self.calls += 1
        self.failures += is_failing
        if is_failing and not self.fails_after:
            raise PlaceError(name)
        super()._write(name, content)
        if is_failing:
            raise PlaceError(name)


@dataclass
class Publication:
    """One publisher, its store open; `at` goes on with each shipping."""

    folder: Path
    address: str
    at: datetime = NOW
    store: StoreWriter = field(init=False)
    outlet: Outlet = field(init=False)

    def __post_init__(self) -> None:
        self.store = StoreWriter(self.published)
        self.place = Clumsy(self.address)
        self.restart()

    def restart(self) -> None:
        """Another publisher process."""
        origin = Origin(self.published, lambda: self.store)
        self.outlet = Outlet(self.place, origin, self.folder / "publication")

    def outlet_sweeps(self) -> None:
        """As it does every hour."""
        self.outlet.sweep()

    def lose_store(self) -> None:
        """Its file is gone; it is made again."""
        self.store.close()
        for path in self.published.glob("validation.lmdb*"):
            path.unlink()
        self.store = StoreWriter(self.published)

    @property
    def published(self) -> Path:
        return self.folder / "published"

    def tell(self, *leaves: Leaf, status: Good | Revoked | None = None) -> None:
        """Store statuses, signed by the delegate that there is; nothing is shipped yet."""
        presigner = Presigner(Delegates(self.published, self.folder / "responder"), self.store)
        presigner.refresh()
        told = [Published(CODE, leaf.serial, status or Good()) for leaf in leaves]
        self.store.put(presigner.signed(told, self.at))
        self.store.complete()

    def ship(self) -> bool:
        """Ship until nothing is left; whether there was anything."""
        done = False
        while self.outlet.ship(self.at) is not None:
            done = True
            self.at += SECOND
        return done

    @contextmanager
    def follower(self, copy: Path, place: Place | None = None) -> Iterator[Follower]:
        """The copy's process."""
        key = seals.own_key(self.folder / "publication").public_key()
        opened = Follower(place or Place(self.address), key, copy / "published")
        try:
            yield opened
        finally:
            opened.close()

    def copied(self, copy: Path) -> None:
        """Let a copy take all there is."""
        with self.follower(copy) as follower:
            assert follower.follow() is not None

    def holds_all(self, copy: Path) -> bool:
        """Whether a copy has every status and every file, byte for byte."""
        ours, theirs = held(self.store), held_by(copy / "published")
        return (ours, files_of(self.published)) == (theirs, files_of(copy / "published"))


def held(store: StoreWriter) -> Mapping[tuple[str, int], tuple[Status, bytes, bytes]]:
    """Status, signatures and certificate of who signed, of every certificate."""
    delegates = store.log.delegates()
    found = {}
    for where, record in store.log.page(b"", at_most=1 << 30):
        signed = records.signatures(record)
        by = delegates[signed.delegate] if signed else b""
        values = b"".join(signed.values) if signed else b""
        found[named(where)] = (records.status(record), values, by)
    return found


def held_by(published: Path) -> Mapping[tuple[str, int], tuple[Status, bytes, bytes]]:
    with StoreWriter(published) as store:
        return held(store)


def files_of(published: Path) -> Mapping[str, str]:
    """Digests of what a responder gives as it is."""
    return {
        path.relative_to(published).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in published.glob("*/*")
    }


def responder(copy: Path) -> Validation:
    """What answers from a copy: it has no key."""
    found = Validation(copy / "published", copy / "responder")
    found.refresh()
    return found

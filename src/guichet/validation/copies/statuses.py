"""Records of a publication taken into the store of a copy, one transaction an object."""

import json
import logging
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from guichet.validation import records
from guichet.validation.copies import batches, manifest
from guichet.validation.copies.manifest import Head, Numbered, Ref
from guichet.validation.copies.refusals import PublicationRefusedError
from guichet.validation.store import StoreWriter, named

logger = logging.getLogger(__name__)
DONE: Final = b"copy:done"
PARTS: Final = b"copy:parts"
Fetch = Callable[[Ref], bytes]


@dataclass(frozen=True, slots=True)
class Done:
    """The last batch taken: of which publisher and lineage, its number and its digest."""

    publisher: str = ""
    lineage: str = ""
    number: int = -1
    batch: str = ""

    def note(self) -> Mapping[bytes, bytes]:
        """As it is noted in the transaction that takes the batch."""
        said = [self.publisher, self.lineage, self.number, self.batch]
        return {DONE: json.dumps(said).encode()}


class Statuses:
    """What of a publication's records is in a store; `fetch` brings objects that are checked."""

    def __init__(self, store: StoreWriter, fetch: Fetch, publisher: str) -> None:
        self._store = store
        self._fetch = fetch
        self._publisher = publisher
        self._numbers: tuple[Ref, Mapping[int, int]] | None = None
        noted = store.told(DONE)
        self._done = Done(*json.loads(noted)) if noted else Done()

    def take(self, head: Head) -> None:
        """Take what is new, whole batches; where the log begins later, the snapshot first.

        Raises PublicationRefusedError: what was taken before stays, and is not taken again.
        """
        if not self._is_within(head):
            self._take_snapshot(head)
        for batch in self._batches(head):
            if batch.number != self._done.number + 1:
                raise PublicationRefusedError(f"a batch is missing before {batch.number}")
            done = Done(self._publisher, head.lineage, batch.number, batch.ref.sha256)
            self._take_in(batch.ref, head, done.note())
            self._done = done
        if head.is_complete and not self._store.is_complete:
            self._store.complete()

    def _is_within(self, head: Head) -> bool:
        done = self._done
        if (done.publisher, done.lineage) != (self._publisher, head.lineage):
            return False
        if not head.snapshot.number <= done.number <= head.last:
            return False
        same = [one.ref.sha256 for one in head.batches if one.number == done.number]
        return not same or same == [done.batch]

    def _take_snapshot(self, head: Head) -> None:
        """Part after part; one that was cut by a crash is taken up where it stopped."""
        ref = head.snapshot.ref
        parts = manifest.read_parts(self._fetch(ref))
        sha256, _, count = (self._store.told(PARTS) or b"- 0").decode().partition(" ")
        for number in range(int(count) if sha256 == ref.sha256 else 0, len(parts)):
            self._take_in(parts[number], head, {PARTS: f"{ref.sha256} {number + 1}".encode()})
        done = Done(self._publisher, head.lineage, head.snapshot.number)
        self._store.take_in((), {**done.note(), PARTS: b"- 0"})
        self._done = done

    def _batches(self, head: Head) -> Iterator[Numbered]:
        for page in head.pages:
            if page.number > self._done.number:
                yield from self._after(manifest.read_page(self._fetch(page.ref)))
        yield from self._after(head.batches)

    def _after(self, named_batches: Sequence[Numbered]) -> Iterator[Numbered]:
        return (batch for batch in named_batches if batch.number > self._done.number)

    def _take_in(self, ref: Ref, head: Head, notes: Mapping[bytes, bytes]) -> None:
        numbers = self._own_numbers(head.delegates)
        packed = batches.unpack(self._fetch(ref))
        try:
            pairs = [(where, records.with_delegate(record, numbers)) for where, record in packed]
        except (struct.error, KeyError) as error:
            raise PublicationRefusedError(f"a record of {ref.sha256} cannot be read") from error
        for where in self._store.take_in(pairs, notes):
            logger.error("%s %x is told valid and was told revoked: it stays so", *named(where))

    def _own_numbers(self, delegates: Ref) -> Mapping[int, int]:
        """Number that the store here gives each delegate, by the publisher's."""
        if self._numbers is None or self._numbers[0] != delegates:
            told = batches.unpack_delegates(self._fetch(delegates))
            own = {number: self._store.delegate_number(der) for number, der in told.items()}
            self._numbers = delegates, own
        return self._numbers[1]

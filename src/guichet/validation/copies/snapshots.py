"""A snapshot of the store, shipped part after part while the store goes on changing.

Each part is read at its own instant. A copy that takes all the parts and then every batch since the
first was begun holds what the store holds: a record always comes whole, the later ones later.
"""

from typing import Final

from guichet.validation.copies import batches, manifest
from guichet.validation.copies.manifest import Numbered, Ref, Source
from guichet.validation.copies.shipping import Shipper
from guichet.validation.store import StoreWriter

PART_AT_MOST: Final = 8 << 20


class Filling:
    """A snapshot being made; `source` and the number are those of when it was begun."""

    def __init__(self, number: int, source: Source, lineage: str = "") -> None:
        self.source = source
        self.lineage = lineage
        self._number = number
        self._after = b""
        self._parts: list[Ref] = []

    def add_part(self, store: StoreWriter, shipper: Shipper) -> bool:
        """Ship the next part; tell whether it was the last."""
        found = store.log.page(self._after, at_most=PART_AT_MOST)
        if found:
            self._parts.append(shipper.put(batches.pack(found)))
            self._after = found[-1][0]
        return not found

    def snapshot(self, shipper: Shipper) -> Numbered:
        """Ship the list of its parts."""
        return Numbered(self._number, shipper.put(manifest.parts(self._parts)))

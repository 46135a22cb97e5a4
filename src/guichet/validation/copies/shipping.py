"""Objects of a publication as its publisher makes them: files, delegates, pages of batches."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from guichet.validation.copies import batches, manifest
from guichet.validation.copies.manifest import PAGE, Head, Numbered, Ref
from guichet.validation.copies.places import Place
from guichet.validation.store import StoreWriter

SHIPPED: Final = ("ac/*.cer", "ac/*.crt", "ac/*.p7c", "crl/*.crl", "journal/vkey")


class Shipper:
    """Ships to one place, and remembers what it shipped of the files."""

    def __init__(self, place: Place, published: Path) -> None:
        self._place = place
        self._published = published
        self._files: dict[str, tuple[tuple[int, int], Ref]] = {}

    def put(self, content: bytes) -> Ref:
        """Ship an object."""
        return Ref(self._place.put_object(content), len(content))

    def with_files(self, head: Head, store: StoreWriter) -> Head:
        """The head with the files and the delegates as they are now."""
        delegates = batches.pack_delegates(store.log.delegates())
        named = manifest.files(dict(self._shipped()))
        return replace(
            head,
            delegates=self._put_changed(delegates, head.delegates),
            files=self._put_changed(named, head.files),
        )

    def paged(self, head: Head) -> Head:
        """The head, its batches put on a page once they are as many as one holds."""
        if len(head.batches) < PAGE:
            return head
        page = Numbered(head.last, self.put(manifest.page(head.batches)))
        return replace(head, pages=(*head.pages, page), batches=())

    def named_by(self, head: Head) -> frozenset[str]:
        """Digests of every object that a head names, or that those name."""
        named = [head.delegates, head.files, head.snapshot.ref]
        named += [one.ref for one in (*head.pages, *head.batches)]
        named += manifest.read_parts(self._object(head.snapshot.ref))
        named += manifest.read_files(self._object(head.files)).values()
        for page in head.pages:
            named += [one.ref for one in manifest.read_page(self._object(page.ref))]
        return frozenset(ref.sha256 for ref in named)

    def _object(self, ref: Ref) -> bytes:
        return self._place.object(ref.sha256, ref.size)

    def _put_changed(self, content: bytes, before: Ref) -> Ref:
        return before if manifest.digest(content) == before.sha256 else self.put(content)

    def forget(self) -> None:
        """The place may have lost everything: ship every file again."""
        self._files = {}

    def _shipped(self) -> Iterator[tuple[str, Ref]]:
        """Every published file, shipped when it is another than the last time."""
        for path in (path for pattern in SHIPPED for path in self._published.glob(pattern)):
            if path.name.startswith("."):
                continue
            name = path.relative_to(self._published).as_posix()
            kept = self._files.get(name)
            if kept is None or kept[0] != _stamp(path.stat()):
                with path.open("rb") as stream:
                    kept = _stamp(os.fstat(stream.fileno())), self.put(stream.read())
                self._files[name] = kept
            yield name, kept[1]


def _stamp(about: os.stat_result) -> tuple[int, int]:
    return about.st_mtime_ns, about.st_ino

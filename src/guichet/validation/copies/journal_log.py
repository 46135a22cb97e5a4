"""The journal's log on its way to copies: its leaves, under its own signature.

Its key is told under the publisher's seal. Leaves alone are carried: a copy grows the tree from
them, and shows a checkpoint once its own tree has the root that was signed. So what a copy shows
continues what it showed before, or is refused.
"""

import shutil
from pathlib import Path
from typing import Final

from guichet.journal import notes, tiles
from guichet.journal.notes import NoteError, TreeHead, VerifierKey
from guichet.journal.tiles import CHECKPOINT, WIDTH, Edge, TileError
from guichet.validation import files
from guichet.validation.copies.places import Place
from guichet.validation.copies.refusals import PublicationRefusedError

FOLDER: Final = "journal"
AGAIN: Final = "tile.again"
"""Beside the tiles: those of a log grown again, until it has the root that was shown."""
VKEY: Final = "vkey"
BUNDLES_AT_ONCE: Final = 64
"""A long log is carried bit by bit: statuses and lists never wait for it."""


class LogShipper:
    """Ships the log of one published folder; what was shipped is found again at the place."""

    def __init__(self, place: Place, published: Path) -> None:
        self._place = place
        self._read = tiles.reader(published / FOLDER)
        self._key: VerifierKey | None = None
        self._size = 0
        self._last = b""
        self._resumes = True

    def forget(self) -> None:
        """The place may have lost everything: ship every leaf again."""
        self._key, self._last, self._resumes = None, b"", False

    def ship(self) -> None:
        """Ship the next leaves, and the checkpoint once all that it covers are there.

        Raises PlaceError; PublicationRefusedError for a log that cannot be read here.
        """
        key, content = _key(self._read), self._read(CHECKPOINT)
        if key is None or content is None or content == self._last:
            return
        size = _head(content, key).size
        if key != self._key:
            self._key, self._size = key, self._shipped(key)
        begin = self._size // WIDTH
        until = min(-(-size // WIDTH), begin + BUNDLES_AT_ONCE)
        for index in range(begin, until):
            self._place.put_log(_named(index), tiles.bundle(self._leaves(index, size)))
        self._size = min(size, until * WIDTH)
        if self._size == size:
            self._place.put_log(CHECKPOINT, content)
            self._last = content

    def _shipped(self, key: VerifierKey) -> int:
        """How many leaves of this log are at the place."""
        content = self._place.log(CHECKPOINT) if self._resumes else None
        self._resumes = True
        try:
            return _head(content, key).size if content else 0
        except PublicationRefusedError:
            return 0

    def _leaves(self, index: int, size: int) -> list[bytes]:
        width = min(WIDTH, size - index * WIDTH)
        try:
            return tiles.leaves(self._read, index, width)
        except TileError as error:
            raise PublicationRefusedError(f"the journal's log: {error}") from error


class LogFollower:
    """Grows the log of a place in the folder of a copy."""

    def __init__(self, place: Place, published: Path) -> None:
        self._place = place
        self._folder = published / FOLDER
        self._read = tiles.reader(self._folder)
        self._growing: tuple[VerifierKey, Edge] | None = None
        self._owed: TreeHead | None = None
        self._full: list[str] = []

    def take(self) -> None:
        """Take the next leaves; show the checkpoint once they have the root it tells.

        Raises PlaceError; PublicationRefusedError: another signature, a log that went back, leaves
        that are not those signed.
        """
        key, content = _key(self._read), self._place.log(CHECKPOINT)
        if key is None or content is None or content == self._read(CHECKPOINT):
            return
        head, held = _head(content, key), self._held(key)
        if held is not None and head.size < held.size:
            raise PublicationRefusedError(
                f"the journal's log went back from {held.size} to {head.size} entries"
            )
        edge = self._edge(key, held)
        try:
            self._grow(edge, head)
        except PublicationRefusedError:
            self._growing = None  # what was taken since the last root is not believed
            raise
        if edge.size == head.size:
            edge.put_partial(self._put)
            files.replace(self._folder / CHECKPOINT, content)
            self._remove_partials()

    def _held(self, key: VerifierKey) -> TreeHead | None:
        """What is shown here; None before the first, and under another key."""
        content = self._read(CHECKPOINT)
        try:
            return _head(content, key) if content else None
        except PublicationRefusedError:
            return None

    def _edge(self, key: VerifierKey, held: TreeHead | None) -> Edge:
        """The tree as it is here, to go on from; grown again where its tiles are damaged.

        What is grown again owes the root that was shown: leaves that lead to another are those of a
        log that contradicts it, however well signed.
        """
        if self._growing is None or self._growing[0] != key:
            if held is None:
                shutil.rmtree(self._folder / "tile", ignore_errors=True)
            shutil.rmtree(self._folder / AGAIN, ignore_errors=True)
            self._owed = None
            try:
                found = Edge.read(self._read, held.size) if held else Edge()
            except TileError:
                found, self._owed = Edge(), held
            self._growing = key, found
        return self._growing[1]

    def _grow(self, edge: Edge, head: TreeHead) -> None:
        begin = edge.size // WIDTH
        until = min(-(-head.size // WIDTH), begin + BUNDLES_AT_ONCE)
        for index in range(begin, until):
            known = edge.size - index * WIDTH
            for leaf in self._bundle(index)[known : head.size - index * WIDTH]:
                edge.add(leaf, self._put)
                if self._owed and edge.size == self._owed.size:
                    self._pay(edge, self._owed)
        if edge.size < min(head.size, until * WIDTH):
            raise PublicationRefusedError("the journal's log is not whole")
        if edge.size >= head.size and edge.root() != head.root:
            raise PublicationRefusedError("the journal's log has not the root that was signed")

    def _pay(self, edge: Edge, owed: TreeHead) -> None:
        """What was grown again takes the place of damaged tiles, if it is what was shown."""
        if edge.root() != owed.root:
            raise PublicationRefusedError(
                f"the journal's log contradicts the {owed.size} entries that are shown here"
            )
        edge.put_partial(self._put)
        again = self._folder / AGAIN
        for made in sorted(path for path in again.rglob("*") if path.is_file()):
            kept = self._folder / made.relative_to(again)
            kept.parent.mkdir(parents=True, exist_ok=True)
            made.replace(kept)
        shutil.rmtree(again)
        self._owed = None

    def _bundle(self, index: int) -> list[bytes]:
        content = self._place.log(_named(index))
        if content is None:
            raise PublicationRefusedError("the journal's log is not whole")
        try:
            return list(tiles.unbundled(content))
        except TileError as error:
            raise PublicationRefusedError(f"the journal's log: {error}") from error

    def _put(self, name: str, content: bytes) -> None:
        folder = self._folder / AGAIN if self._owed else self._folder
        files.replace(folder / name, content)
        if ".p/" not in name:
            self._full.append(name)

    def _remove_partials(self) -> None:
        """Those of tiles that are full now: what was shown before is proved by the full ones."""
        for name in self._full:
            shutil.rmtree(self._folder / f"{name}.p", ignore_errors=True)
        self._full = []


def _key(read: tiles.Read) -> VerifierKey | None:
    content = read(VKEY)
    try:
        return VerifierKey.parse(content.decode()) if content else None
    except ValueError as error:
        raise PublicationRefusedError("the key of the journal's log cannot be read") from error


def _head(content: bytes, key: VerifierKey) -> TreeHead:
    try:
        return notes.opened(content.decode(), key)[1]
    except (NoteError, UnicodeDecodeError) as error:
        raise PublicationRefusedError(f"the checkpoint of the journal: {error}") from error


def _named(index: int) -> str:
    """A bundle keeps its name while it grows: it is replaced whole, and only ever longer."""
    return f"{tiles.ENTRIES}/{index:09}"

"""The tree in files, as C2SP tlog-tiles lays it out (c2sp.org/tlog-tiles).

A tile holds 256 hashes of one level; level L has the roots of the full tiles of level L - 1. A full
tile never changes; the last of a level is partial, and named by how many hashes it holds. Entry
bundles hold the leaves' data: here the digests of journal entries, which tell nothing of them.
"""

from collections.abc import Callable, Iterator
from functools import reduce
from pathlib import Path
from typing import Final, Protocol

from guichet.journal.merkle import EMPTY, HASH, complete_root, leaf_hash, node_hash

WIDTH: Final = 256
HEIGHT: Final = 8
ENTRIES: Final = "entries"
CHECKPOINT: Final = "checkpoint"
"""The name of the checkpoint, beside the tiles."""
LENGTH: Final = 2
"""Octets before each leaf of a bundle, which tell its length."""
Put = Callable[[str, bytes], None]
Read = Callable[[str], bytes | None]


class Write(Protocol):
    """Replaces a file whole, flushed to the disk."""

    def __call__(self, path: Path, content: bytes, *, mode: int = ...) -> None:
        """Readers see the old content or the new one."""


class TileError(Exception):
    """A tile is missing, or does not hold what it should."""


def name(level: int | str, index: int, width: int = WIDTH) -> str:
    """The path of a tile: `tile/0/x001/234`, `tile/entries/000.p/17`."""
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def reader(folder: Path) -> Read:
    """Files of a folder by their names, None for those that are not there."""

    def read(name: str) -> bytes | None:
        try:
            return (folder / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    return read


def bundle(data: list[bytes]) -> bytes:
    """Leaves' data, each behind its length."""
    return b"".join(len(one).to_bytes(LENGTH) + one for one in data)


def unbundled(content: bytes) -> Iterator[bytes]:
    """The leaves' data of a bundle. Raises TileError."""
    place = 0
    while place < len(content):
        start = place + LENGTH
        place = start + int.from_bytes(content[place:start])
        if place > len(content):
            raise TileError("an entry bundle is cut short")
        yield content[start:place]


def leaves(read: Read, index: int, width: int) -> list[bytes]:
    """The data of the first leaves of an entry bundle. Raises TileError."""
    found = list(unbundled(_content(read, ENTRIES, index, width)))[:width]
    if len(found) != width:
        raise TileError(f"{name(ENTRIES, index, width)} is cut short")
    return found


class Edge:
    """The right edge of a tree, which is all that it takes to grow it; `last`: its last leaf."""

    def __init__(self) -> None:
        self.size = 0
        self.last = b""
        self._data: list[bytes] = []
        self._levels: list[list[bytes]] = [[]]

    @classmethod
    def read(cls, read: Read, size: int) -> "Edge":
        """The edge of a tree that is in files. Raises TileError."""
        found = cls()
        found.size = size
        found._levels = []
        for level in range(max(1, -(-size.bit_length() // HEIGHT))):
            index, width = divmod(size >> (level * HEIGHT), WIDTH)
            found._levels.append(list(_hashes(read, level, index, width)) if width else [])
        if size:
            index, before = divmod(size - 1, WIDTH)
            bundled = list(unbundled(_content(read, ENTRIES, index, before + 1)))[: before + 1]
            found.last = bundled[-1] if bundled else b""
            found._data = bundled if size % WIDTH else []
        if list(map(leaf_hash, found._data)) != found._levels[0]:
            raise TileError("the last entry bundle is not that of its tile")
        return found

    def add(self, data: bytes, put: Put) -> None:
        """Append a leaf; tiles that are full now are put."""
        self.last = data
        self._data.append(data)
        if len(self._data) == WIDTH:
            put(name(ENTRIES, self.size // WIDTH), bundle(self._data))
            self._data = []
        self._append(0, leaf_hash(data), put)
        self.size += 1

    def _append(self, level: int, found: bytes, put: Put) -> None:
        if level == len(self._levels):
            self._levels.append([])
        row = self._levels[level]
        row.append(found)
        if len(row) == WIDTH:
            put(name(level, (self.size >> (level * HEIGHT)) // WIDTH), b"".join(row))
            self._levels[level] = []
            self._append(level + 1, complete_root(row), put)

    def put_partial(self, put: Put) -> None:
        """Put the tiles that are not full."""
        if self._data:
            put(name(ENTRIES, self.size // WIDTH, len(self._data)), bundle(self._data))
        for level, row in enumerate(self._levels):
            if row:
                index = (self.size >> (level * HEIGHT)) // WIDTH
                put(name(level, index, len(row)), b"".join(row))

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        left_to_right = [part for row in reversed(self._levels) for part in _complete(row)]
        if not left_to_right:
            return EMPTY
        return reduce(lambda right, left: node_hash(left, right), reversed(left_to_right))


class Tiles:
    """The nodes of a tree that is in files, as merkle.py asks for them."""

    def __init__(self, read: Read, size: int) -> None:
        """`read` gives a file by its name, None for one that is not there."""
        self._read = read
        self._size = size
        self._known: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, height: int, index: int) -> bytes:
        """The hash of a complete subtree. Raises TileError."""
        level, rest = divmod(height, HEIGHT)
        tile, offset = divmod(index << rest, WIDTH)
        if (level, tile) not in self._known:
            width = min(WIDTH, (self._size >> (level * HEIGHT)) - tile * WIDTH)
            self._known[level, tile] = list(_hashes(self._read, level, tile, width))
        return complete_root(self._known[level, tile][offset : offset + (1 << rest)])


def _complete(row: list[bytes]) -> Iterator[bytes]:
    """The roots of the largest complete subtrees of a row, from the left."""
    start = 0
    while left := len(row) - start:
        count = 1 << (left.bit_length() - 1)
        yield complete_root(row[start : start + count])
        start += count


def _hashes(read: Read, level: int, index: int, width: int) -> Iterator[bytes]:
    content = _content(read, level, index, width)[: width * HASH]
    if len(content) != width * HASH:
        raise TileError(f"{name(level, index, width)} is cut short")
    return (content[place : place + HASH] for place in range(0, len(content), HASH))


def _content(read: Read, level: int | str, index: int, width: int) -> bytes:
    """A tile, or the full one that took its place since."""
    for wanted in dict.fromkeys((width, WIDTH)):
        content = read(name(level, index, wanted))
        if content is not None:
            return content
    raise TileError(f"{name(level, index, width)} is missing")

"""Whether one log begins with another: a proof made from its tiles (C2SP tlog-tiles)."""

import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Final

from guichet_verify import merkle

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
HASH: Final = 32
OCTETS_AT_MOST: Final = WIDTH * HASH
SECONDS: Final = 20


class TilesMissingError(Exception):
    """A tile cannot be read, or is not one."""


def fetched(place: str, limit: int = OCTETS_AT_MOST) -> bytes:
    """The octets of a file or an http(s) address, up to `limit`. Raises TilesMissingError."""
    try:
        if place.startswith(("http://", "https://")):
            with urllib.request.urlopen(place, timeout=SECONDS) as answer:  # noqa: S310 http alone
                data: bytes = answer.read(limit + 1)
        else:
            with Path(place).open("rb") as stream:
                data = stream.read(limit + 1)
    except (OSError, ValueError, HTTPException) as error:
        raise TilesMissingError(place) from error
    if len(data) > limit:
        raise TilesMissingError(place)
    return data


def base_of(checkpoint: str) -> str:
    """Where the tiles stand: beside the checkpoint."""
    folder, slash, _ = checkpoint.rpartition("/")
    return folder + slash


@dataclass(slots=True)
class Tiles:
    """The tiles of a log of this size, read where needed."""

    base: str
    size: int
    read: Callable[[str], bytes] = fetched
    _kept: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def root(self, begin: int, end: int) -> bytes:
        """The hash of the tree of the leaves [begin, end) (RFC 9162 2.1.1)."""
        count = end - begin
        if count & (count - 1) == 0 and begin % count == 0:
            return self._node(count.bit_length() - 1, begin // count)
        middle = begin + (1 << (count - 1).bit_length() - 1)
        return merkle.node_hash(self.root(begin, middle), self.root(middle, end))

    def consistency(self, small: int) -> list[bytes]:
        """The proof that this log begins with its first `small` entries (RFC 9162 2.1.4.1)."""
        return self._proof(small, 0, self.size, is_whole=True)

    def _proof(self, small: int, begin: int, end: int, *, is_whole: bool) -> list[bytes]:
        count = end - begin
        if small == count:
            return [] if is_whole else [self.root(begin, end)]
        half = 1 << (count - 1).bit_length() - 1
        if small <= half:
            rest = self.root(begin + half, end)
            return [*self._proof(small, begin, begin + half, is_whole=is_whole), rest]
        first = self.root(begin, begin + half)
        return [*self._proof(small - half, begin + half, end, is_whole=False), first]

    def _node(self, level: int, index: int) -> bytes:
        """A whole subtree of 2**level leaves, from the tile that holds its hash or those below."""
        row, above = divmod(level, HEIGHT)
        first = index << above
        tile, offset = divmod(first, WIDTH)
        hashes = self._tile(row, tile)
        nodes = [hashes[n * HASH : (n + 1) * HASH] for n in range(offset, offset + (1 << above))]
        while len(nodes) > 1:
            pairs = zip(nodes[::2], nodes[1::2], strict=True)
            nodes = [merkle.node_hash(left, right) for left, right in pairs]
        return nodes[0]

    def _tile(self, row: int, number: int) -> bytes:
        if (row, number) not in self._kept:
            width = min(WIDTH, (self.size >> HEIGHT * row) - number * WIDTH)
            partial = f".p/{width}" if width < WIDTH else ""
            place = f"{self.base}tile/{row}/{_numbered(number)}{partial}"
            data = self.read(place)
            if len(data) != width * HASH:
                raise TilesMissingError(place)
            self._kept[row, number] = data
        return self._kept[row, number]


def _numbered(number: int) -> str:
    """A tile's number as its path: x001/x234/067."""
    parts = [f"{number % 1000:03}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03}")
    return "/".join(parts)

"""Certificate requests in a ZIP: opened within bounds, and matched to the lines of a group."""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from guichet.domain.orders.groups import folded
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import visible

ARCHIVE_AT_MOST: Final = 4_000_000
FILES_AT_MOST: Final = 400
FILE_AT_MOST: Final = 64 * 1024
RATIO_AT_MOST: Final = 100
SMALL: Final = 4 * 1024
PLAIN: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
ENCRYPTED: Final = 0x1
BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OSError,
)


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """One file of an archive, by the name it has in its folder."""

    name: str
    content: bytes

    @property
    def stem(self) -> str:
        """Its name without its ending."""
        return PurePosixPath(self.name).stem


@dataclass(frozen=True, slots=True)
class Matching:
    """Which file goes to which line (from 1); the files that go nowhere, and why."""

    by_position: Mapping[int, int]
    unmatched: tuple[int, ...]
    rivals: tuple[int, ...]


def open_archive(data: bytes) -> tuple[ArchivedFile, ...]:
    """The files of an archive, folders and what systems add apart.

    Nothing is written, and no more is inflated than the bounds allow, whatever the headers say.
    Raises Refusal: ARCHIVE_UNREADABLE, ARCHIVE_TOO_LARGE, ARCHIVE_NAME_UNSAFE.
    """
    if len(data) > ARCHIVE_AT_MOST:
        raise Refusal(Code.ARCHIVE_TOO_LARGE)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return tuple(_files(archive))
    except BROKEN:
        raise Refusal(Code.ARCHIVE_UNREADABLE) from None


def match(names: Sequence[tuple[str, str]], lines: Sequence[Sequence[str]]) -> Matching:
    """Give each file to the one line it names, by its own name or by the name in its request.

    `names`: of each file its stem and its common name; `lines`: of each line what it answers to.
    A name that several lines answer to names none; two files for one line are rivals.
    """
    positions = _unambiguous(lines)
    given: dict[int, int] = {}
    unmatched, rivals = [], []
    for rank, candidates in enumerate(names):
        found = (positions.get(folded(text)) for text in candidates if folded(text))
        position = next((place for place in found if place is not None), None)
        if position is None:
            unmatched.append(rank)
        elif position in given:
            rivals.append(rank)
        else:
            given[position] = rank
    return Matching(given, tuple(unmatched), tuple(rivals))


def _unambiguous(lines: Sequence[Sequence[str]]) -> Mapping[str, int]:
    places: dict[str, set[int]] = {}
    for position, names in enumerate(lines, 1):
        for name in names:
            places.setdefault(folded(name), set()).add(position)
    return {name: min(found) for name, found in places.items() if name and len(found) == 1}


def _files(archive: zipfile.ZipFile) -> Iterator[ArchivedFile]:
    members = archive.infolist()
    if len(members) > FILES_AT_MOST:
        raise Refusal(Code.ARCHIVE_TOO_LARGE)
    for member in members:
        path = _path(member)
        if member.is_dir() or path.parts[0] == "__MACOSX" or path.name.startswith("."):
            continue
        if member.flag_bits & ENCRYPTED or member.compress_type not in PLAIN:
            raise Refusal(Code.ARCHIVE_UNREADABLE)
        swells = member.file_size > RATIO_AT_MOST * max(1, member.compress_size)
        if member.file_size > FILE_AT_MOST or (swells and member.file_size > SMALL):
            raise Refusal(Code.ARCHIVE_TOO_LARGE)
        with archive.open(member) as stream:  # gives no more than the size that was judged
            yield ArchivedFile(path.name, stream.read(FILE_AT_MOST))


def _path(member: zipfile.ZipInfo) -> PurePosixPath:
    """The member's path, when it stays inside its folder and is no link."""
    name = member.orig_filename
    path = PurePosixPath(name)
    is_odd = "\\" in name or ":" in name or not name.isprintable() or not path.parts
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    if is_odd or is_link or path.is_absolute() or ".." in path.parts:
        raise Refusal(Code.ARCHIVE_NAME_UNSAFE, name=visible(name))
    return path

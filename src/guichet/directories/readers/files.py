"""Official files as they are downloaded: plain, .gz or .zip, read once from start to end."""

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from guichet.directories.days import parse_day

BUFFER: Final = 1 << 17
ZIP_MAGIC: Final = b"PK\x03\x04"
GZIP_MAGIC: Final = b"\x1f\x8b"
# PS_LibreAcces_Personne_activite_202609230000.txt, etalab-cs1100502-stock-20260512-0339.csv
DATED_NAME: Final = re.compile(r"[_-](20\d{6})(?:\d{4})?(?=[_.-]|$)", re.ASCII)


# What reading a file or an archive cut short may raise.
FAULTS: Final = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError)


class UnreadableFileError(Exception):
    """The file, or its archive, cannot be read to its end."""


class WrongFileError(Exception):
    """The file is not one of those expected; the message names them."""


@dataclass(frozen=True, slots=True)
class Member:
    """One text of a file. `consumed` tells which part of the file on disk was read, 0 to 1."""

    name: str
    stream: BinaryIO
    dated: date
    consumed: Callable[[], float]


def members(path: Path) -> Iterator[Member]:
    """Open a file: itself, or each text of its archive. Raises UnreadableFileError.

    The date is the one in the name, else the archive's, else the file's own.
    """
    try:
        with path.open("rb") as handle:
            yield from _members(path, handle)
    except FAULTS as error:
        raise UnreadableFileError(str(error)) from error


def _members(path: Path, handle: BinaryIO) -> Iterator[Member]:
    size = max(path.stat().st_size, 1)
    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()

    def consumed() -> float:
        return min(handle.tell() / size, 1.0)

    magic = handle.read(4)
    handle.seek(0)
    if magic == ZIP_MAGIC:
        with zipfile.ZipFile(handle) as archive:
            yield from _zipped(archive, consumed)
    elif magic.startswith(GZIP_MAGIC):
        with gzip.GzipFile(fileobj=handle) as unpacked:
            name = path.name.removesuffix(".gz")
            yield Member(name, _buffered(unpacked), _dated(name, modified), consumed)
    else:
        yield Member(path.name, handle, _dated(path.name, modified), consumed)


def _zipped(archive: zipfile.ZipFile, consumed: Callable[[], float]) -> Iterator[Member]:
    for info in archive.infolist():
        if info.is_dir():
            continue
        if info.flag_bits & 0x1:
            raise zipfile.BadZipFile("the archive is encrypted")
        name = info.filename.rpartition("/")[2]
        with archive.open(info) as unpacked:
            yield Member(name, _buffered(unpacked), _dated(name, _day_of(info)), consumed)


def _buffered(unpacked: IO[bytes] | gzip.GzipFile) -> BinaryIO:
    # The archives' own readers split lines in Python; a buffer splits them in C.
    return io.BufferedReader(cast("io.RawIOBase", unpacked), BUFFER)


def _day_of(info: zipfile.ZipInfo) -> date:
    year, month, day = info.date_time[:3]
    return parse_day(f"{year:04}{month:02}{day:02}") or date(1980, 1, 1)


def _dated(name: str, otherwise: date) -> date:
    found = DATED_NAME.search(name)
    return (parse_day(found[1]) if found else None) or otherwise

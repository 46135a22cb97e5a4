"""What a file is, from its bytes alone: neither its name nor what the browser says counts.

Nothing is ever unpacked: of an office document only the list of names is read.
"""

import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

import puremagic

from guichet.domain.texts import HIDDEN

NAME_AT_MOST: Final = 120
# What a browser that sniffs looks at (WHATWG MIME Sniffing 5.2: the resource header).
SNIFFED: Final = 1445
MARKUP: Final = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<iframe")
SCRIPTS: Final = (b"#!", b"<?", b"%!ps")
CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\f\r"))
CHUNK: Final = 64 * 1024
DIRECTORY_AT_MOST: Final = 1_000_000
TAIL: Final = 65_557  # end of central directory: 22 bytes and a comment (APPNOTE 4.3.16)
FORBIDDEN_IN_NAMES: Final = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file we keep; the first of `endings` is given to a name that has none of them."""

    media_type: str
    endings: tuple[str, ...]


PDF: Final = Kind("application/pdf", (".pdf",))
TEXT: Final = Kind("text/plain", (".txt",))
CSV: Final = Kind("text/csv", (".csv",))
SIGNED: Final = {
    kind.media_type: kind
    for kind in (
        PDF,
        Kind("image/png", (".png",)),
        Kind("image/jpeg", (".jpg", ".jpeg")),
        Kind("image/tiff", (".tiff", ".tif")),
    )
}
_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
OFFICE: Final = {
    "word/document.xml": Kind(f"{_OPEN_XML}wordprocessingml.document", (".docx",)),
    "xl/workbook.xml": Kind(f"{_OPEN_XML}spreadsheetml.sheet", (".xlsx",)),
}
OPEN_DOCUMENT: Final = {
    b"application/vnd.oasis.opendocument.text": (".odt",),
    b"application/vnd.oasis.opendocument.spreadsheet": (".ods",),
}
ENDINGS: Final = (
    *(ending for kind in (*SIGNED.values(), *OFFICE.values()) for ending in kind.endings),
    *(ending for endings in OPEN_DOCUMENT.values() for ending in endings),
    *(TEXT.endings + CSV.endings),
)


def kind_of(stream: BinaryIO, name: str) -> Kind | None:
    """The kind of a file, None for one we do not keep; of texts alone the name tells CSV.

    A file that is also a page, a picture with script, a program or a script is none.
    """
    stream.seek(0)
    head = stream.read(4096)
    if _is_active(head):
        return None
    if head.startswith(b"PK"):
        return _zipped(stream, head)
    for media_type in _signatures(head):
        if media_type in SIGNED:
            return SIGNED[media_type]
    if not _is_text(stream):
        return None
    return CSV if name.lower().endswith(CSV.endings) else TEXT


def clean_name(name: str, kind: Kind) -> str:
    """A name that is safe to show and to save under: no path, nothing hidden, the right ending."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = (c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c) not in HIDDEN)
    shown = " ".join("".join(seen).translate(FORBIDDEN_IN_NAMES).split()).rstrip(" .")
    stem, dot, end = shown.rpartition(".")
    ending = f".{end.lower()}" if dot else ""
    if ending not in kind.endings:
        stem, ending = shown, kind.endings[0]
    return (stem.strip(" .")[: NAME_AT_MOST - len(ending)] or "document") + ending


def _is_active(head: bytes) -> bool:
    seen = head[:SNIFFED].lower()
    start = seen.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(SCRIPTS) or any(mark in seen for mark in MARKUP)


def _signatures(head: bytes) -> Iterator[str]:
    """Media types whose signature opens the file, the longest signature first."""
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return
    for guess in found:
        if guess.offset == 0 and guess.byte_match and head.startswith(guess.byte_match):
            yield guess.mime_type


def _is_text(stream: BinaryIO) -> bool:
    """Whether every byte may stand in a text, in UTF-8 or in a Latin encoding."""
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        if len(chunk.translate(None, CONTROLS)) != len(chunk):
            return False
    return True


def _zipped(stream: BinaryIO, head: bytes) -> Kind | None:
    """An office document without macros, told by the names it holds; None for any other archive."""
    names = _names(stream)
    if names is None or any(_is_programme(name) for name in names):
        return None
    if head[30:38] == b"mimetype" and head[8:10] == b"\0\0" and "content.xml" in names:
        (size,) = struct.unpack_from("<L", head, 18)
        media_type = head[38 : 38 + size]
        endings = OPEN_DOCUMENT.get(media_type)
        return Kind(media_type.decode(), endings) if endings else None
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for part, kind in OFFICE.items() if part in names), None)


def _is_programme(name: str) -> bool:
    lowered = name.lower()
    return (
        lowered.endswith(("vbaproject.bin", ".class", ".exe", ".dll", ".js"))
        or lowered.startswith(("basic/", "scripts/"))
        or lowered == "meta-inf/manifest.mf"
    )


def _names(stream: BinaryIO) -> frozenset[str] | None:
    """Names in the central directory (APPNOTE 4.3.12); None when it is not a plain archive."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - TAIL))
    tail = stream.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < 22:
        return None
    length, offset = struct.unpack_from("<LL", tail, at + 12)
    if length > DIRECTORY_AT_MOST or offset + length > size:
        return None
    stream.seek(offset)
    directory = stream.read(length)
    names = []
    place = 0
    while directory[place : place + 4] == b"PK\1\2" and place + 46 <= length:
        name, extra, comment = struct.unpack_from("<HHH", directory, place + 28)
        names.append(directory[place + 46 : place + 46 + name].decode("utf-8", "replace"))
        place += 46 + name + extra + comment
    return frozenset(names)

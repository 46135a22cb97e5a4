"""Lines of the official files as fields, or rejected with the reason; one bad line costs itself."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import BinaryIO, Final

from guichet.directories.readers.files import FAULTS, UnreadableFileError
from guichet.domain.texts import visible

MAX_LINE: Final = 64 * 1024
EXCERPT: Final = 120


class Reason(StrEnum):
    """Why a line does not enter the register."""

    LINE_TOO_LONG = "line-too-long"
    ENCODING = "encoding-invalid"
    FIELDS = "fields-missing"
    SIRET = "siret-invalid"
    SIREN = "siren-invalid"
    FINESS = "finess-invalid"
    CARD_NUMBER = "card-number-invalid"
    PERSON_ID = "person-id-invalid"
    DATES = "dates-invalid"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line left out: its number, why, and how it begins."""

    line: int
    reason: Reason
    excerpt: str


def rejected(line: int, reason: Reason, text: str) -> Rejected:
    """A line left out, its beginning made safe to show."""
    return Rejected(line, reason, visible(text, EXCERPT))


@dataclass(frozen=True, slots=True)
class Form:
    """How a file writes its fields. `legacy` is the encoding of lines that are not UTF-8."""

    delimiter: str
    quoted: bool
    legacy: str | None = None


def numbered_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Number the lines from 1; an endless one is cut, and what was cut is skipped.

    Raises UnreadableFileError where the archive is cut short or damaged.
    """
    try:
        for number, line in enumerate(iter(partial(stream.readline, MAX_LINE), b""), 1):
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                _skip_line(stream)
            yield number, line
    except FAULTS as error:
        raise UnreadableFileError(str(error)) from error


def _skip_line(stream: BinaryIO) -> None:
    for rest in iter(partial(stream.readline, MAX_LINE), b""):
        if rest.endswith(b"\n"):
            break


def header(lines: Iterator[tuple[int, bytes]], form: Form) -> list[str]:
    """The fields of the first line; none when the file is empty or is no text."""
    _, line = next(lines, (1, b""))
    try:
        return line.decode("utf-8-sig").rstrip("\r\n").split(form.delimiter)
    except UnicodeDecodeError:
        return []


Fields = tuple[int, list[str]]


def records(lines: Iterator[tuple[int, bytes]], form: Form) -> Iterator[Fields | Rejected]:
    """Split lines into fields; blank ones are passed over."""
    delimiter, quoted = form.delimiter, form.quoted
    for number, line in lines:
        try:
            text = line.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            if form.legacy is None:
                excerpt = line[:EXCERPT].decode("utf-8", "replace")
                yield rejected(number, Reason.ENCODING, excerpt)
                continue
            text = line.decode(form.legacy).rstrip("\r\n")
        if len(line) == MAX_LINE:
            yield rejected(number, Reason.LINE_TOO_LONG, text[:EXCERPT])
        elif quoted and '"' in text:
            yield number, _unquoted(text, delimiter)
        elif text:
            # Most lines hold no quote: splitting them is twice as fast as a CSV reader.
            yield number, text.split(delimiter)


def _unquoted(text: str, delimiter: str) -> list[str]:
    """Fields of a line with quotes; quotes that close nothing are characters like others."""
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return text.split(delimiter)

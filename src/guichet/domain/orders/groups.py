"""Many certificates asked at once: lines read from a spreadsheet, judged together."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guichet.domain.catalogue.profiles import Profile
from guichet.domain.orders.request import objections, optional_fields, required_fields
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.domain.texts import visible

LINES_AT_MOST: Final = 200
FILE_AT_MOST: Final = 400_000
CELL_AT_MOST: Final = 300
SEPARATORS: Final = ";,\t"
COLUMNS: Final = (
    "structure_id",
    "service",
    "fqdn",
    "mail",
    "national_id",
    "surname",
    "given_names",
    "title",
    "actor_email",
    "informed_email",
)
# What names whom or what a certificate is for: two lines alike ask for it twice.
NAMES: Final = ("service", "fqdn", "mail", "national_id")
# Headings as people write them, folded; the field's own name always counts.
HEADINGS: Final[Mapping[str, str]] = {
    "structure": "structure_id",
    "identifiant national structure": "structure_id",
    "identifiant national de la structure": "structure_id",
    "national structure identifier": "structure_id",
    "service applicatif": "service",
    "application service": "service",
    "nom de domaine ou de serveur": "fqdn",
    "domain or server name": "fqdn",
    "adresse de messagerie": "mail",
    "mail address": "mail",
    "identifiant national de la personne": "national_id",
    "national person identifier": "national_id",
    "nom": "surname",
    "prenom s": "given_names",
    "prenoms": "given_names",
    "prenom": "given_names",
    "titre ou profession": "title",
    "profession": "title",
    "email de l acteur": "actor_email",
    "actor email": "actor_email",
    "email d une personne a informer": "informed_email",
    "email to inform": "informed_email",
}


class GroupKind(StrEnum):
    """What the lines of a group differ by."""

    SERVICES = "services"  # many services of one structure
    STRUCTURES = "structures"  # one service, for many structures


@dataclass(frozen=True, slots=True)
class Line:
    """What was typed of one certificate; `file_line` is where it stood in a file, from 1."""

    typed: Mapping[str, str]
    file_line: int | None = None


@dataclass(frozen=True, slots=True)
class LineObjection:
    """What is wrong with the line at `position` (from 1), about the field its facts name."""

    position: int
    objection: Objection

    @property
    def field(self) -> str:
        """The column it is about; empty for the whole line."""
        return str(self.objection.mapping.get("field", ""))


def columns_of(kind: GroupKind, profile: Profile) -> tuple[str, ...]:
    """The columns of a group's lines, in order; the others are common to all of them."""
    wanted = required_fields(profile) | optional_fields(profile)
    if kind is GroupKind.SERVICES:
        wanted -= {"structure_id"}
    return tuple(name for name in COLUMNS if name in wanted)


def read_lines(data: bytes, columns: Sequence[str]) -> tuple[Line, ...]:
    """Read a CSV: UTF-8 or Windows-1252; semicolons, commas or tabs; a heading, then one a line.

    Empty lines do not count. Raises Refusal: LINES_UNREADABLE, LINES_COLUMN_UNKNOWN,
    LINES_COLUMN_TWICE, LINES_CELLS_TOO_MANY, GROUP_TOO_LONG, GROUP_EMPTY.
    """
    records = list(_records(_decoded(data)))
    if not records:
        raise Refusal(Code.GROUP_EMPTY)
    (_number, heading), *rest = records
    names = _names(heading, columns)
    for number, cells in rest:
        if any(cells[len(names) :]):
            raise Refusal(Code.LINES_CELLS_TOO_MANY, line=number)
    lines = tuple(
        Line({n: c for n, c in zip(names, cells, strict=False) if n and c}, number)
        for number, cells in rest
    )
    if not lines:
        raise Refusal(Code.GROUP_EMPTY)
    return bounded(lines)


def bounded(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines, when there are not too many. Raises Refusal(GROUP_TOO_LONG)."""
    if len(lines) > LINES_AT_MOST:
        raise Refusal(Code.GROUP_TOO_LONG, lines=len(lines), limit=LINES_AT_MOST)
    return tuple(lines)


def merged(common: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """What a line asks for: what it says, and what is common where it says nothing."""
    said = {name: text for name, text in typed.items() if text.strip()}
    return {**common, **said}


def line_objections(
    common: Mapping[str, str], lines: Sequence[Mapping[str, str]]
) -> tuple[LineObjection, ...]:
    """Everything wrong with the lines, the first line first."""
    found = []
    first_of: dict[tuple[str, ...], int] = {}
    for position, typed in enumerate(lines, 1):
        raw = merged(common, typed)
        found += [LineObjection(position, objection) for objection in objections(raw)]
        named = identity(raw)
        other = first_of.setdefault(named, position)
        if other != position and any(named[1:]):
            field = next(name for name in NAMES if raw.get(name))
            facts = (("field", field), ("other", other))
            found.append(LineObjection(position, Objection(Code.GROUP_LINE_TWICE, facts)))
    return tuple(found)


def identity(raw: Mapping[str, str]) -> tuple[str, ...]:
    """What a certificate will be for: its structure and its names, folded."""
    return tuple(folded(raw.get(name, "")) for name in ("structure_id", *NAMES))


def folded(text: str) -> str:
    """Small letters and digits, without accents; everything else is one space."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    kept = (c if c.isalnum() else "" if unicodedata.combining(c) else " " for c in bare)
    return " ".join("".join(kept).split())


def _decoded(data: bytes) -> str:
    if len(data) > FILE_AT_MOST:
        lines = data.count(b"\n")
        if lines > LINES_AT_MOST:
            raise Refusal(Code.GROUP_TOO_LONG, lines=lines, limit=LINES_AT_MOST)
        raise Refusal(Code.LINES_UNREADABLE)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refusal(Code.LINES_UNREADABLE)


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Records that hold something, each with the line it begins on."""
    head = text.lstrip("\r\n").partition("\n")[0]
    separator = max(SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in reader:
            cleaned = [cell.strip()[:CELL_AT_MOST] for cell in cells]
            if any(cleaned):
                yield begins, cleaned
            begins = reader.line_num + 1
    except csv.Error:
        raise Refusal(Code.LINES_UNREADABLE, line=begins) from None


def _names(heading: Iterable[str], columns: Sequence[str]) -> list[str]:
    """The field of each column; a column without a heading has none."""
    names: list[str] = []
    for cell in heading:
        text = folded(cell)
        name = next((c for c in COLUMNS if folded(c) == text), HEADINGS.get(text, ""))
        if text and name not in columns:
            raise Refusal(Code.LINES_COLUMN_UNKNOWN, column=visible(cell))
        if name and name in names:
            raise Refusal(Code.LINES_COLUMN_TWICE, column=visible(cell))
        names.append(name)
    return names

"""Lists of dossiers as CSV, XLSX and ODS.

Row 1 holds codes that never change, row 2 their names. No cell is ever a formula: what people
typed is written as text, and guarded in CSV, where spreadsheets guess (OWASP, CSV injection).
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import IO, Any, Final

import odfdo
import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.habilitations.queries.records import Record, Records, Value

BOM: Final = "\ufeff"  # without it, Excel takes UTF-8 for the local code page
GUARDED: Final = frozenset("=+-@\t\r\n＝＋－＠")
WIDTH: Final = 22


class Block(StrEnum):
    """The tables of an export; the values are those of addresses."""

    DOSSIERS = "dossiers"
    ADMINISTRATORS = "administrateurs"
    TYPES = "types"


_NUMBER: Final = ("number", _("N° de dossier"))
_SIRET: Final = ("siret", _("SIRET"))
_SHARE: Final = (("accepted", _("Accepté")), ("left_out_because", _("Motif si écarté")))
COLUMNS: Final[Mapping[Block, tuple[tuple[str, Any], ...]]] = {
    Block.DOSSIERS: (
        _NUMBER,
        ("state", _("État")),
        ("to_correct", _("À corriger")),
        _SIRET,
        ("legal_name", _("Raison sociale")),
        ("department", _("Département")),
        ("finess", _("FINESS")),
        ("quality", _("Qualité du représentant")),
        ("surname", _("Nom du représentant")),
        ("given_names", _("Prénom(s) du représentant")),
        ("phone", _("Téléphone du représentant")),
        ("email", _("Courriel du représentant")),
        ("card_number", _("N° de carte du représentant")),
        ("administrators", _("Administrateurs techniques")),
        ("types", _("Types demandés")),
        ("editor", _("Éditeur")),
        ("solution", _("Solution")),
        ("description", _("Usage")),
        ("assignee", _("Attribué à")),
        ("checks", _("Contrôles")),
        ("revision", _("Dépôts")),
        ("filed_at", _("Déposé le")),
        ("changed_at", _("Modifié le")),
        ("taken_at", _("Pris en instruction le")),
        ("decided_at", _("Décidé le")),
        ("archived_at", _("Archivé le")),
        ("decision", _("Décision")),
        ("reason", _("Motif de la décision")),
    ),
    Block.ADMINISTRATORS: (
        _NUMBER,
        ("row", _("Ligne")),
        _SIRET,
        ("card_number", _("N° de carte")),
        ("name", _("Nom et prénom(s)")),
        ("phone", _("Téléphone")),
        ("email", _("Courriel")),
        ("confirmed_at", _("Confirmé le")),
        *_SHARE,
    ),
    Block.TYPES: (
        _NUMBER,
        _SIRET,
        ("type", _("Type de certificat")),
        ("domain", _("Nom de domaine")),
        ("server", _("Serveur")),
        ("mail_domain", _("Domaine de messagerie")),
        *_SHARE,
    ),
}
SHEETS: Final[Mapping[Block, Any]] = {
    Block.DOSSIERS: _("Dossiers"),
    Block.ADMINISTRATORS: _("Administrateurs"),
    Block.TYPES: _("Types de certificats"),
}


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that might be begins with a quote."""
    return f"'{text}" if text.lstrip(" ")[:1] in GUARDED and text.strip(" ") else text


class _Line:
    """A file of one line, which is what csv writes to."""

    def write(self, text: str) -> str:
        return text


def csv_lines(block: Block, found: Iterable[Records]) -> Iterator[str]:
    """A CSV for spreadsheets, line after line: UTF-8 with its mark, semicolons, all quoted."""
    codes = [code for code, _label in COLUMNS[block]]
    labels = [str(label) for _code, label in COLUMNS[block]]
    return table_lines([codes, labels], (row for r in found for row in _rows(block, r, codes)))


def table_lines(
    headings: Sequence[Sequence[Value]], rows: Iterable[Sequence[Value]]
) -> Iterator[str]:
    """Any table as CSV lines, every cell guarded."""
    writer = csv.writer(_Line(), delimiter=";", quoting=csv.QUOTE_ALL)
    words = _words()
    yield BOM
    for row in headings:
        yield writer.writerow([_written(value, words) for value in row])
    for row in rows:
        yield writer.writerow([_written(value, words) for value in row])


def write_xlsx(file: IO[bytes], found: Iterable[Records]) -> None:
    """A workbook of one sheet a block, written as it is read: memory does not grow with it."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        sheets = {block: _Sheet(book, block) for block in Block}
        for records in found:
            for block, sheet in sheets.items():
                for row in _rows(block, records, sheet.codes):
                    sheet.add(row)


def write_ods(file: IO[bytes], found: Iterable[Records]) -> None:
    """An OpenDocument workbook of one sheet a block; every text is a string cell."""
    book = odfdo.Document("spreadsheet")
    book.body.clear()
    words = _words()
    codes = {block: [code for code, _label in COLUMNS[block]] for block in Block}
    sheets: dict[Block, list[list[Value]]] = {
        block: [list(codes[block]), [str(label) for _code, label in COLUMNS[block]]]
        for block in Block
    }
    for records in found:
        for block, rows in sheets.items():
            for row in _rows(block, records, codes[block]):
                rows.append([_plain(value, words) for value in row])
    for block, rows in sheets.items():
        sheet = odfdo.Table(str(SHEETS[block]))
        sheet.set_values(rows)
        book.body.append(sheet)
    written = io.BytesIO()
    book.save(written)
    file.write(written.getbuffer())


class _Sheet:
    """One sheet, its two heading rows frozen; each cell is written as what it is."""

    def __init__(self, book: Any, block: Block) -> None:
        self.codes = [code for code, _label in COLUMNS[block]]
        self._sheet = book.add_worksheet(str(SHEETS[block])[:31])
        self._bold = book.add_format({"bold": True})
        self._date = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._words = _words()
        self._next = 0
        self._sheet.set_column(0, len(self.codes) - 1, WIDTH)
        self._sheet.freeze_panes(2, 1)
        self.add(self.codes)
        self.add([str(label) for _code, label in COLUMNS[block]], self._bold)

    def add(self, row: Sequence[Value], form: Any = None) -> None:
        """Write the next row."""
        for column, value in enumerate(row):
            self._cell(column, value, form)
        self._next += 1

    def _cell(self, column: int, value: Value, form: Any) -> None:
        place = (self._next, column)
        if value is None or value == "":
            return
        if isinstance(value, bool):
            self._sheet.write_string(*place, self._words[value], form)
        elif isinstance(value, datetime):
            self._sheet.write_datetime(*place, timezone.make_naive(value), self._date)
        elif isinstance(value, int):
            self._sheet.write_number(*place, value, form)
        else:
            self._sheet.write_string(*place, value, form)


def _rows(block: Block, found: Records, codes: Sequence[str]) -> Iterator[list[Value]]:
    rows: Mapping[Block, Sequence[Record]] = {
        Block.DOSSIERS: (found.dossier,),
        Block.ADMINISTRATORS: found.administrators,
        Block.TYPES: found.types,
    }
    for row in rows[block]:
        yield [row[code] for code in codes]


def _words() -> Mapping[bool, str]:
    return {True: gettext("oui"), False: gettext("non")}


def _plain(value: Value, words: Mapping[bool, str]) -> Value:
    """A value as a cell of OpenDocument holds it: XML takes no control character."""
    if isinstance(value, bool):
        return words[value]
    if isinstance(value, datetime):
        return timezone.make_naive(value)
    if isinstance(value, str):
        return "".join(c for c in value if c.isprintable() or c == "\n")
    return value


def _written(value: Value, words: Mapping[bool, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return words[value]
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return str(value) if isinstance(value, int) else guarded(value)

"""Tables as CSV, XLSX and ODS.

Row 1 holds codes that never change, row 2 their names. No cell is ever a formula: what people
typed is written as text, and guarded in CSV, where spreadsheets guess (OWASP, CSV injection).
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Final

from django.utils import timezone
from django.utils.translation import gettext

Value = str | int | bool | datetime | None
BOM: Final = "\ufeff"  # without it, Excel takes UTF-8 for the local code page
GUARDED: Final = frozenset("=+-@\t\r\n＝＋－＠")
WIDTH: Final = 22
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS: Final = "application/vnd.oasis.opendocument.spreadsheet"
CSV: Final = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Heading:
    """A sheet's title, and of each column its code and its name."""

    title: str
    columns: tuple[tuple[str, str], ...]

    @property
    def rows(self) -> tuple[list[str], list[str]]:
        """The two first rows of the sheet."""
        return [code for code, _name in self.columns], [name for _code, name in self.columns]


Row = tuple[int, Sequence[Value]]
"""A row and the rank of its sheet: several sheets are written in one reading."""


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that might be begins with a quote."""
    return f"'{text}" if text.lstrip(" ")[:1] in GUARDED and text.strip(" ") else text


class _Line:
    """A file of one line, which is what csv writes to."""

    def write(self, text: str) -> str:
        return text


def table_lines(
    headings: Sequence[Sequence[Value]], rows: Iterable[Sequence[Value]]
) -> Iterator[str]:
    """A CSV for spreadsheets, line after line: UTF-8 with its mark, semicolons, all quoted."""
    writer = csv.writer(_Line(), delimiter=";", quoting=csv.QUOTE_ALL)
    words = _words()
    yield BOM
    for row in headings:
        yield writer.writerow([_written(value, words) for value in row])
    for row in rows:
        yield writer.writerow([_written(value, words) for value in row])


def write_xlsx(file: IO[bytes], headings: Sequence[Heading], rows: Iterable[Row]) -> None:
    """A workbook, written as it is read: memory does not grow with it."""
    import xlsxwriter  # noqa: PLC0415 a tenth of a second that most processes never need

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        sheets = [_Sheet(book, heading) for heading in headings]
        for rank, row in rows:
            sheets[rank].add(row)


def write_ods(file: IO[bytes], headings: Sequence[Heading], rows: Iterable[Row]) -> None:
    """An OpenDocument workbook; every text is a string cell."""
    import odfdo  # noqa: PLC0415 as above

    book = odfdo.Document("spreadsheet")
    book.body.clear()
    words = _words()
    sheets: list[list[list[Value]]] = [[list(row) for row in h.rows] for h in headings]
    for rank, row in rows:
        sheets[rank].append([_plain(value, words) for value in row])
    for heading, cells in zip(headings, sheets, strict=True):
        sheet = odfdo.Table(heading.title)
        sheet.set_values(cells)
        book.body.append(sheet)
    written = io.BytesIO()
    book.save(written)
    file.write(written.getbuffer())


class _Sheet:
    """One sheet, its two heading rows frozen; each cell is written as what it is."""

    def __init__(self, book: Any, heading: Heading) -> None:
        self._sheet = book.add_worksheet(heading.title[:31])
        self._date = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._words = _words()
        self._next = 0
        self._sheet.set_column(0, len(heading.columns) - 1, WIDTH)
        self._sheet.freeze_panes(2, 1)
        codes, names = heading.rows
        self.add(codes)
        self.add(names, book.add_format({"bold": True}))

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

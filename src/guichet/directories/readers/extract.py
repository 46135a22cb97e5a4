"""A recognised file: the table it fills, the day it tells of, its rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from guichet.directories.readers.lines import Fields, Form, Reason, Rejected, rejected
from guichet.directories.schema import Row, Table


@dataclass(frozen=True, slots=True)
class Extract:
    """What a reader gives; rows come in the order of the table's columns."""

    table: Table
    as_of: date
    rows: Iterator[Row | Rejected]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the wanted fields of a line stand, and how many fields a line must have at least.

    `exact`: not one more either, since a shifted line would be read wrong.
    """

    form: Form
    ranks: tuple[int, ...]
    width: int
    exact: bool = False


def rows(
    lines: Iterator[Fields | Rejected],
    layout: Layout,
    make: Callable[[Sequence[str], int], Row | Reason],
    as_of: int,
) -> Iterator[Row | Rejected]:
    """Pick the wanted fields of each line and let `make` judge them."""
    pick, width, exact = itemgetter(*layout.ranks), layout.width, layout.exact
    for line in lines:
        if isinstance(line, Rejected):
            yield line
            continue
        number, fields = line
        if len(fields) < width or (exact and len(fields) > width):
            yield rejected(number, Reason.FIELDS, layout.form.delimiter.join(fields))
            continue
        made = make(pick(fields), as_of)
        if isinstance(made, Reason):
            yield rejected(number, made, layout.form.delimiter.join(fields))
        else:
            yield made

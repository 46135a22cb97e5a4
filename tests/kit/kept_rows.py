"""What many tests begin with is made once by a worker; the rows that it left are written again.

Each test still has a database of its own: the rows go in at its beginning, and out with it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeVar

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from guichet.journal.models import Entry

Told = TypeVar("Told")
# Nothing else writes to a model's table: no trigger does, and no cursor but Django's.
WRITTEN: Final = re.compile(r'\b(?:INTO|UPDATE|DELETE FROM)\s+"?(\w+)')
Row = tuple[Any, ...]
Table = dict[Any, Row]
Rewriting = Sequence[tuple[str, Sequence[Row]]]


@dataclass(frozen=True, slots=True)
class Left:
    """What a beginning leaves in a table: the rows that it adds, and those that it changes."""

    added: Sequence[Row]
    changed: Table


@dataclass
class KeptRows:
    """Remembers what each beginning leaves: its own name, and those that came before it."""

    _known: dict[tuple[str, ...], tuple[Rewriting, Any]] = field(default_factory=dict)
    _made: tuple[str, ...] | None = ()
    _entries: int = 0

    def begin(self) -> None:
        """Another test, whose database is empty."""
        self._made, self._entries = (), 0

    def make(self, name: str, build: Callable[[], Told]) -> Told:
        """Call `build`, or write again what it left when the same beginnings came before it.

        One that comes after something else was journalled is built always. What it returns is
        kept too: keys of rows, nothing that a test could change.
        """
        if self._made is None or _entries() != self._entries:
            self._made = None
            return build()
        made = (*self._made, name)
        if made in self._known:
            _write(self._known[made][0])
        else:
            left, returned = _left_by(build)
            self._known[made] = _worded(left), returned
        self._made, self._entries = made, _entries()
        told: Told = self._known[made][1]
        return told


KEPT: Final = KeptRows()


def _entries() -> int:
    with connection.cursor() as cursor:  # asked twice by every beginning: no query is built
        cursor.execute(f"SELECT COUNT(*) FROM {Entry._meta.db_table}")  # noqa: S608
        return int(cursor.fetchone()[0])


def _left_by(build: Callable[[], Told]) -> tuple[dict[str, Left], Told]:
    before = _Before()
    with connection.execute_wrapper(before):
        told = build()
    left = {}
    for table, known in sorted(before.tables.items()):
        rows = _rows(table)
        assert known.keys() <= rows.keys(), f"a beginning takes rows of {table} away"
        added = [row for key, row in rows.items() if key not in known]
        changed = {key: row for key, row in rows.items() if key in known and row != known[key]}
        if added or changed:
            left[table] = Left(added, changed)
    return left, told


class _Before:
    """What each table held before a beginning first writes to it (a wrapper of Django's)."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        for table in WRITTEN.findall(sql):
            if table in _models() and table not in self.tables:
                self.tables[table] = _rows(table)
        return execute(sql, params, many, context)


def _rows(table: str) -> Table:
    model = _models()[table]
    listed = ", ".join([connection.ops.quote_name(model._meta.pk.column), *_columns(model)])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {listed} FROM {connection.ops.quote_name(table)}")  # noqa: S608
        return {key: tuple(row) for key, *row in cursor.fetchall()}


def _worded(left: dict[str, Left]) -> Rewriting:
    """The statements that write this, in order, each with the rows that it is given."""
    models, statements = _models(), []
    for table, rows in left.items():
        name, columns = connection.ops.quote_name(table), _columns(models[table])
        key = connection.ops.quote_name(models[table]._meta.pk.column)
        listed, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
        insert = f"INSERT INTO {name} ({listed}) VALUES ({places})"  # noqa: S608
        sets = ", ".join(f"{column} = %s" for column in columns)
        update = f"UPDATE {name} SET {sets} WHERE {key} = %s"  # noqa: S608
        changes = [(*row, pk) for pk, row in rows.changed.items()]
        statements += [pair for pair in ((insert, rows.added), (update, changes)) if pair[1]]
    written = [models[table] for table in left]
    sequences = connection.ops.sequence_reset_sql(no_style(), written)
    return [*statements, *((statement, [()]) for statement in sequences)]


def _write(rewriting: Rewriting) -> None:
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for statement, rows in rewriting:
            cursor.executemany(statement, rows)


@cache
def _columns(model: Any) -> list[str]:
    """Those that are stored: what a database computes of them is not written."""
    fields = (field for field in model._meta.concrete_fields if not field.generated)
    return [connection.ops.quote_name(field.column) for field in fields]


@cache
def _models() -> dict[str, Any]:
    found = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: model for model in found if model._meta.managed}

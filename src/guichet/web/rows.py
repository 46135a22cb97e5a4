"""Many rows in one statement, without a model instance each: for what is written by the thousand.

Values are those of the fields; nothing is validated and no signal is sent. On PostgreSQL they go as
one JSON value, which the server takes apart: binding them one by one costs more than all the rest.
It is sent beside the statement, as octets: Django would write it into the statement, and quote it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, ForeignKey, Lookup, Model
from pydantic_core import to_json

BYTES: Final = "BinaryField"


def insert(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows, each the values of these fields in their order, inside the transaction."""
    fields, statement = _insertion(connection.vendor, model, tuple(columns))
    if connection.vendor == "postgresql":
        _run(statement, fields, rows)
    else:
        _run_each(statement, fields, rows)


def update(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set fields of rows found by the first of the columns, inside the transaction."""
    fields, statement = _change(connection.vendor, model, tuple(columns))
    if connection.vendor == "postgresql":
        _run(statement, fields, rows)
    else:
        key, *others = fields
        _run_each(statement, [*others, key], ((*row[1:], row[0]) for row in rows))


@cache
def _insertion(
    vendor: str, model: type[Model], columns: Sequence[str]
) -> tuple[Sequence[Field[Any, Any]], str]:
    fields = _fields(model, columns)
    names = ", ".join(_column(field) for field in fields)
    into = f"INSERT INTO {_table(model)} ({names})"
    if vendor == "postgresql":
        return fields, f"{into} SELECT {_read(fields)} FROM {_records(fields)}"  # noqa: S608
    values = ", ".join(["%s"] * len(fields))
    return fields, f"{into} VALUES ({values})"


@cache
def _change(
    vendor: str, model: type[Model], columns: Sequence[str]
) -> tuple[Sequence[Field[Any, Any]], str]:
    fields, table = _fields(model, columns), _table(model)
    key, *others = fields
    if vendor == "postgresql":
        told = ", ".join(f"{_column(field)} = {_value(field)}" for field in others)
        where = f"{table}.{_column(key)} = {_value(key)}"
        statement = f"UPDATE {table} SET {told} FROM {_records(fields)} WHERE {where}"  # noqa: S608
        return fields, statement
    told = ", ".join(f"{_column(field)} = %s" for field in others)
    return fields, f"UPDATE {table} SET {told} WHERE {_column(key)} = %s"  # noqa: S608


def _fields(model: type[Model], columns: Sequence[str]) -> list[Field[Any, Any]]:
    """The fields of these names, or names with _id."""
    known = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001 Django's API
    return [known[name] for name in columns]


def _column(field: Field[Any, Any]) -> str:
    return _quoted(str(field.column))


def _table(model: type[Model]) -> str:
    return _quoted(model._meta.db_table)  # noqa: SLF001 Django's API


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _run(statement: str, fields: Sequence[Field[Any, Any]], rows: Iterable[Sequence[Any]]) -> None:
    names = [field.column for field in fields]
    records = [dict(zip(names, row, strict=True)) for row in rows]
    if records:
        with _binding_cursor() as cursor:
            cursor.execute(statement, [to_json(records, bytes_mode="hex")])


def _binding_cursor() -> CursorWrapper:
    """A cursor of Django's on PostgreSQL whose parameters the server binds."""
    from django.db.backends.postgresql import base  # noqa: PLC0415 wants the driver

    here: Any = connection
    kind: Any = base.ServerBindingCursor
    here.close_if_health_check_failed()
    here.ensure_connection()
    prepared: CursorWrapper = here._prepare_cursor(kind(here.connection))  # noqa: SLF001 as cursor()
    return prepared


def _adapted(
    adapters: Sequence[Callable[[Any], Any] | None], rows: Iterable[Sequence[Any]]
) -> list[list[Any]]:
    wanting = [(rank, adapt) for rank, adapt in enumerate(adapters) if adapt is not None]
    adapted = []
    for row in rows:
        values = list(row)
        for rank, adapt in wanting:
            if values[rank] is not None:
                values[rank] = adapt(values[rank])
        adapted.append(values)
    return adapted


def _records(fields: Sequence[Field[Any, Any]]) -> str:
    """The rows of the JSON value as a table `v`, octets in hexadecimal."""
    types = ", ".join(f"{_column(field)} {_type(field)}" for field in fields)
    return f"json_to_recordset(convert_from(%b, 'UTF8')::json) AS v({types})"


def _type(field: Field[Any, Any]) -> str:
    if field.get_internal_type() == BYTES:
        return "text"
    return str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))


def _read(fields: Sequence[Field[Any, Any]]) -> str:
    return ", ".join(map(_value, fields))


def _value(field: Field[Any, Any]) -> str:
    column = f"v.{_column(field)}"
    return f"decode({column}, 'hex')" if field.get_internal_type() == BYTES else column


def _run_each(
    statement: str, fields: Sequence[Field[Any, Any]], rows: Iterable[Sequence[Any]]
) -> None:
    prepared = _adapted([_adapter(field) for field in fields], rows)
    if prepared:
        with connection.cursor() as cursor:
            cursor.executemany(statement, prepared)


def _adapter(field: Field[Any, Any]) -> Callable[[Any], Any] | None:
    """What SQLite wants of a value that its driver does not bind as it is."""
    match _kind(field):
        case "DateTimeField":
            return connection.ops.adapt_datetimefield_value
        case "UUIDField":
            return attrgetter("hex")
        case "JSONField":
            return json.dumps
        case _:
            return None


def _kind(field: Field[Any, Any]) -> str:
    target = field.target_field if isinstance(field, ForeignKey) else field
    return target.get_internal_type()


@Field.register_lookup
class Among(Lookup):
    """`pk__among=ids`: as `in`, the values in one parameter, however many there are."""

    lookup_name = "among"

    def get_prep_lookup(self) -> list[Any]:
        """The values as the field keeps them; an empty list finds nothing, nor does None."""
        return [value for value in self.rhs if value is not None]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """For SQLite: the values as one JSON array."""
        column, given = self.process_lhs(compiler, connection)
        array = "(SELECT value FROM json_each(%s))"
        return f"{column} IN {array}", [*given, json.dumps(self._written())]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """For PostgreSQL: one array of the column's type, as text: its driver is slow at it."""
        column, given = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.rel_db_type(connection)
        return f"{column} = ANY(%s::{kind}[])", [*given, _array(self._written())]

    def _written(self) -> list[Any]:
        return [value.hex if isinstance(value, UUID) else value for value in self.rhs]


def _array(values: Sequence[object]) -> str:
    r"""As PostgreSQL reads arrays (8.15.6): {"a","b"}; few values have anything to escape."""
    texts = [str(value) for value in values]
    together = "".join(texts)
    if '"' in together or "\\" in together:
        texts = [text.replace("\\", r"\\").replace('"', r"\"") for text in texts]
    return '{"' + '","'.join(texts) + '"}' if texts else "{}"

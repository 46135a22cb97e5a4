"""Many rows in one statement, without a model instance each: for what is written by the thousand.

Values are those of the fields; nothing is validated and no signal is sent. On PostgreSQL they go as
one JSON value, which the server takes apart: binding them one by one costs more than all the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Field, ForeignKey, Lookup, Model
from pydantic_core import to_json

BYTES: Final = "BinaryField"
WRITERS: Final[Mapping[str, Callable[[Any], str]]] = {
    BYTES: bytes.hex,
    "DateTimeField": datetime.isoformat,
    "UUIDField": str,
}


def insert(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows, each the values of these fields in their order, inside the transaction."""
    fields = _fields(model, columns)
    names = ", ".join(_column(field) for field in fields)
    into = f"INSERT INTO {_table(model)} ({names})"
    if connection.vendor == "postgresql":
        _run(f"{into} SELECT {_read(fields)} FROM {_records(fields)}", fields, rows)  # noqa: S608
    else:
        values = ", ".join(["%s"] * len(fields))
        _run_each(f"{into} VALUES ({values})", fields, rows)


def update(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set fields of rows found by the first of the columns, inside the transaction."""
    fields = _fields(model, columns)
    key, *others = fields
    table = _table(model)
    if connection.vendor == "postgresql":
        told = ", ".join(f"{_column(field)} = {_value(field)}" for field in others)
        where = f"{table}.{_column(key)} = {_value(key)}"
        statement = f"UPDATE {table} SET {told} FROM {_records(fields)} WHERE {where}"  # noqa: S608
        _run(statement, fields, rows)
    else:
        told = ", ".join(f"{_column(field)} = %s" for field in others)
        statement = f"UPDATE {table} SET {told} WHERE {_column(key)} = %s"  # noqa: S608
        _run_each(statement, [*others, key], ((*row[1:], row[0]) for row in rows))


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
    writers = [WRITERS.get(_kind(field)) for field in fields]
    records = [dict(zip(names, row, strict=True)) for row in _adapted(writers, rows)]
    if records:
        with connection.cursor() as cursor:
            cursor.execute(statement, [to_json(records).decode()])


def _adapted(
    adapters: Sequence[Callable[[Any], Any] | None], rows: Iterable[Sequence[Any]]
) -> list[list[Any]]:
    return [
        [
            value if adapt is None or value is None else adapt(value)
            for adapt, value in zip(adapters, row, strict=True)
        ]
        for row in rows
    ]


def _records(fields: Sequence[Field[Any, Any]]) -> str:
    """The rows of the JSON value as a table `v`, octets in hexadecimal."""
    types = ", ".join(f"{_column(field)} {_type(field)}" for field in fields)
    return f"json_to_recordset(%s::json) AS v({types})"


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
        """The values as the field keeps them; an empty list finds nothing."""
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """For SQLite: the values as one JSON array."""
        column, given = self.process_lhs(compiler, connection)
        values = [value.hex if isinstance(value, UUID) else value for value in self.rhs]
        array = "(SELECT value FROM json_each(%s))"
        return f"{column} IN {array}", [*given, json.dumps(values)]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """For PostgreSQL: one array, of the column's type."""
        column, given = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.rel_db_type(connection)
        return f"{column} = ANY(%s::{kind}[])", [*given, self.rhs]

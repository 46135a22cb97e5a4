"""Many rows in one statement, without a model instance each: for what is written by the thousand.

Values are those of the fields; nothing is validated and no signal is sent. On PostgreSQL they go as
one JSON value, which the server takes apart: binding them one by one costs more than all the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Field, ForeignKey, Model

BYTES: Final = "BinaryField"


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
    records = [dict(zip(names, row, strict=True)) for row in rows]
    if records:
        with connection.cursor() as cursor:
            cursor.execute(statement, [json.dumps(records, default=_written)])


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


def _written(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"not a value of a row: {type(value).__name__}")


def _run_each(
    statement: str, fields: Sequence[Field[Any, Any]], rows: Iterable[Sequence[Any]]
) -> None:
    adapters = [_adapter(field) for field in fields]
    prepared = [
        [
            value if adapt is None or value is None else adapt(value)
            for adapt, value in zip(adapters, row, strict=True)
        ]
        for row in rows
    ]
    if prepared:
        with connection.cursor() as cursor:
            cursor.executemany(statement, prepared)


def _adapter(field: Field[Any, Any]) -> Callable[[Any], Any] | None:
    """What SQLite wants of a value that its driver does not bind as it is."""
    target = field.target_field if isinstance(field, ForeignKey) else field
    match target.get_internal_type():
        case "DateTimeField":
            return connection.ops.adapt_datetimefield_value
        case "UUIDField":
            return attrgetter("hex")
        case "JSONField":
            return json.dumps
        case _:
            return None

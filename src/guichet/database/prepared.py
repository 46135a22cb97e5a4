"""Rows read at every request by queries that never change, worded once for each connection.

Django words a query anew each time, which costs several times what the database takes to answer.
Statements, values and rows are made by Django all the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field, Model, QuerySet

M = TypeVar("M", bound=Model)
KEPT: Final = "guichet_prepared"


class Given(Expression):
    """The value of this rank among those that a query is asked with, kept as such a field is."""

    def __init__(self, rank: int, kept_as: "Field[Any, Any]") -> None:
        super().__init__(output_field=kept_as)
        self.rank: Final = rank

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, Any]:
        """A placeholder, whose value comes later."""
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class _Worded:
    """A query as one connection asks it; its parameters are values or `Given`."""

    compiler: Any
    sql: str
    parameters: Sequence[Any]
    converters: Any

    def bound(self, values: Sequence[object]) -> list[Any]:
        """The parameters, with these values."""
        at = self.compiler.connection
        return [
            one.output_field.get_db_prep_value(values[one.rank], at)
            if isinstance(one, Given)
            else one
            for one in self.parameters
        ]


class Prepared(Generic[M]):
    """A query of one model: of its whole rows, or of some of their columns (`values_list`)."""

    def __init__(self, query: "Callable[[], QuerySet[M, Any]]") -> None:
        """`query` is called when first asked, models being there; it holds `Given` values."""
        self._query: Final = query

    def rows(self, *values: object) -> list[list[Any]]:
        """The columns of each row, in the query's order. Raises DatabaseError, as Django's own."""
        worded = self._worded()
        with worded.compiler.connection.cursor() as cursor:
            cursor.execute(worded.sql, worded.bound(values))
            found = cursor.fetchall()
        return list(worded.compiler.apply_converters(found, worded.converters))

    def all(self, *values: object) -> list[M]:
        """The whole rows. Raises DatabaseError."""
        model: type[M] = self._worded().compiler.query.model
        names = [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001 Django's API
        return [model.from_db(DEFAULT_DB_ALIAS, names, row) for row in self.rows(*values)]

    def first(self, *values: object) -> M | None:
        """The first row, or None."""
        return next(iter(self.all(*values)), None)

    def _worded(self) -> _Worded:
        """Kept by the connection, which is one thread's, and as long as it."""
        kept: dict[Any, _Worded] = vars(connections[DEFAULT_DB_ALIAS]).setdefault(KEPT, {})
        if self not in kept:
            compiler = self._query().query.get_compiler(DEFAULT_DB_ALIAS)
            sql, parameters = compiler.as_sql()
            converters = compiler.get_converters([column for column, *_told in compiler.select])
            kept[self] = _Worded(compiler, sql, parameters, converters)
        return kept[self]

"""Statements that each kind of database spells in its own way."""

from collections.abc import Mapping

from django.db.backends.base.base import BaseDatabaseWrapper


def run(connection: BaseDatabaseWrapper, statements: Mapping[str, tuple[str, ...]]) -> None:
    """Execute those of this database, by its vendor: "sqlite" or "postgresql"."""
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)

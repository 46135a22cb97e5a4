"""Looking words up among a million products: trigrams, where the database has them."""

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

INDEXES: Final = {
    "orders_product": "product_by_words",
    "orders_order": "order_by_words",
}


def add_index(connection: BaseDatabaseWrapper) -> None:
    """PostgreSQL's trigram indexes over what is searched; safe to repeat.

    Where pg_trgm is not installed, or on SQLite, words are looked for row by row.
    """
    if connection.vendor != "postgresql" or not _has_trigrams(connection):
        return
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for table, name in INDEXES.items():
            cursor.execute(
                f"CREATE INDEX IF NOT EXISTS {name} ON {table} "
                "USING gin ((search_text::text) gin_trgm_ops)"
            )


def drop_index(connection: BaseDatabaseWrapper) -> None:
    """The reverse; the extension stays, others may use it."""
    with connection.cursor() as cursor:
        for name in INDEXES.values():
            cursor.execute(f"DROP INDEX IF EXISTS {name}")


def _has_trigrams(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
        return cursor.fetchone() is not None

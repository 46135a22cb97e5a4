"""Database triggers that make the journal append-only, on SQLite and PostgreSQL."""

from collections.abc import Mapping
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

ABORT: Final = "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
RAISE: Final = """
CREATE OR REPLACE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$
"""
EACH_ROW: Final = "ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_append_only()"
EACH_STATEMENT: Final = "ON journal_entry FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only()"
FORBID: Final = {
    "sqlite": (
        f"CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry {ABORT}",
        f"CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry {ABORT}",
    ),
    "postgresql": (
        RAISE,
        f"CREATE TRIGGER journal_entry_no_change BEFORE UPDATE OR DELETE {EACH_ROW}",
        f"CREATE TRIGGER journal_entry_no_truncate BEFORE TRUNCATE {EACH_STATEMENT}",
    ),
}
ALLOW: Final = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS journal_entry_no_update",
        "DROP TRIGGER IF EXISTS journal_entry_no_delete",
    ),
    "postgresql": (
        "DROP TRIGGER IF EXISTS journal_entry_no_change ON journal_entry",
        "DROP TRIGGER IF EXISTS journal_entry_no_truncate ON journal_entry",
    ),
}


def forbid_changes(connection: BaseDatabaseWrapper) -> None:
    """Refuse every UPDATE, DELETE and TRUNCATE of entries from now on."""
    _run(connection, FORBID)


def allow_changes(connection: BaseDatabaseWrapper) -> None:
    """Lift the refusal: what an attacker who owns the database may do, and verify must find."""
    _run(connection, ALLOW)


def _run(connection: BaseDatabaseWrapper, statements: Mapping[str, tuple[str, ...]]) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)

"""Database triggers that make the journal append-only, on SQLite and PostgreSQL."""

from collections.abc import Mapping
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

CREATE: Final = "CREATE TRIGGER IF NOT EXISTS journal_entry"
ABORT: Final = "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
# SQLite's REPLACE removes the row in its way without any DELETE trigger: by number, or by rowid.
IN_THE_WAY: Final = (
    "WHEN EXISTS (SELECT 1 FROM journal_entry WHERE seq = NEW.seq OR rowid = NEW.rowid)"
)
RAISE: Final = """
CREATE OR REPLACE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$
"""
EACH_ROW: Final = "ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_append_only()"
EACH_STATEMENT: Final = "ON journal_entry FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only()"
FORBID: Final = {
    "sqlite": (
        f"{CREATE}_no_update BEFORE UPDATE ON journal_entry {ABORT}",
        f"{CREATE}_no_delete BEFORE DELETE ON journal_entry {ABORT}",
        f"{CREATE}_no_replace BEFORE INSERT ON journal_entry {IN_THE_WAY} {ABORT}",
    ),
    "postgresql": (
        RAISE,
        f"CREATE OR REPLACE TRIGGER journal_entry_no_change BEFORE UPDATE OR DELETE {EACH_ROW}",
        f"CREATE OR REPLACE TRIGGER journal_entry_no_truncate BEFORE TRUNCATE {EACH_STATEMENT}",
    ),
}
ALLOW: Final = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS journal_entry_no_update",
        "DROP TRIGGER IF EXISTS journal_entry_no_delete",
        "DROP TRIGGER IF EXISTS journal_entry_no_replace",
    ),
    "postgresql": (
        "DROP TRIGGER IF EXISTS journal_entry_no_change ON journal_entry",
        "DROP TRIGGER IF EXISTS journal_entry_no_truncate ON journal_entry",
    ),
}


def forbid_changes(connection: BaseDatabaseWrapper) -> None:
    """Refuse every UPDATE, DELETE, TRUNCATE and REPLACE of entries; safe to repeat."""
    _run(connection, FORBID)


def allow_changes(connection: BaseDatabaseWrapper) -> None:
    """Lift the refusal: what an attacker who owns the database may do, and verify must find."""
    _run(connection, ALLOW)


def _run(connection: BaseDatabaseWrapper, statements: Mapping[str, tuple[str, ...]]) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)

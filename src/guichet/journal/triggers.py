"""Database triggers that make the journal append-only, on SQLite and PostgreSQL.

One UPDATE passes: the one that empties a sealed part of an entry with its salt, and leaves all that
the leaf is made of. Entries written before seals have no such part.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

from guichet.database import statements

WORDS: Final = "the journal is append-only"
CREATE: Final = "CREATE TRIGGER IF NOT EXISTS journal_entry"
ABORT: Final = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
# SQLite's REPLACE removes the row in its way without any DELETE trigger: by number, or by rowid.
IN_THE_WAY: Final = (
    "WHEN EXISTS (SELECT 1 FROM journal_entry WHERE seq = NEW.seq OR rowid = NEW.rowid)"
)
LEAF: Final = ("seq", "event", "at", "previous", "digest", "sealed_actor", "sealed_content")
PARTS: Final[tuple[Mapping[str, str], ...]] = (
    {"actor": "''", "actor_salt": "''"},
    {"subject": "''", "facts": "'{}'", "content_salt": "''"},
)


def _erases(same: str, further: Iterable[str] = ()) -> str:
    """The condition of an erasure; `same` is the operator of this database that finds no change."""
    kept = [f"NEW.{column} {same} OLD.{column}" for column in (*LEAF, *further)]
    parts = [
        "("
        + " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in part)
        + " OR "
        + " AND ".join(f"NEW.{column} = {empty}" for column, empty in part.items())
        + ")"
        for part in PARTS
    ]
    return " AND ".join(("OLD.sealed_actor <> ''", *kept, *parts))


REFUSE: Final = f"""
CREATE OR REPLACE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$
"""
REFUSE_BUT_ERASING: Final = f"""
CREATE OR REPLACE FUNCTION journal_erasing_alone() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF {_erases("IS NOT DISTINCT FROM")} THEN RETURN NEW; END IF;
  RAISE EXCEPTION '{WORDS}';
END $$
"""
ROW: Final = "ON journal_entry FOR EACH ROW EXECUTE FUNCTION"
EACH_STATEMENT: Final = "ON journal_entry FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only()"
TRUNCATING: Final = (
    f"CREATE OR REPLACE TRIGGER journal_entry_no_truncate BEFORE TRUNCATE {EACH_STATEMENT}"
)
CHANGING: Final = "CREATE OR REPLACE TRIGGER journal_entry_no_change BEFORE"
UPDATING: Final = "CREATE OR REPLACE TRIGGER journal_entry_no_update BEFORE UPDATE"
ERASES: Final = _erases("IS", ["rowid"])
EVERY_CHANGE: Final = {
    "sqlite": (
        f"{CREATE}_no_update BEFORE UPDATE ON journal_entry {ABORT}",
        f"{CREATE}_no_delete BEFORE DELETE ON journal_entry {ABORT}",
        f"{CREATE}_no_replace BEFORE INSERT ON journal_entry {IN_THE_WAY} {ABORT}",
    ),
    "postgresql": (
        REFUSE,
        f"{CHANGING} UPDATE OR DELETE {ROW} journal_append_only()",
        TRUNCATING,
    ),
}
CHANGES: Final = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS journal_entry_no_update",
        f"{CREATE}_no_update BEFORE UPDATE ON journal_entry WHEN NOT ({ERASES}) {ABORT}",
        *EVERY_CHANGE["sqlite"][1:],
    ),
    "postgresql": (
        REFUSE,
        REFUSE_BUT_ERASING,
        f"{CHANGING} DELETE {ROW} journal_append_only()",
        f"{UPDATING} {ROW} journal_erasing_alone()",
        TRUNCATING,
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
        "DROP TRIGGER IF EXISTS journal_entry_no_update ON journal_entry",
        "DROP TRIGGER IF EXISTS journal_entry_no_truncate ON journal_entry",
    ),
}


def forbid_changes(connection: BaseDatabaseWrapper) -> None:
    """Refuse DELETE, TRUNCATE, REPLACE and any UPDATE but an erasure; safe to repeat."""
    statements.run(connection, CHANGES)


def forbid_every_change(connection: BaseDatabaseWrapper) -> None:
    """Refuse every UPDATE too, as before entries had sealed parts."""
    statements.run(connection, ALLOW)
    statements.run(connection, EVERY_CHANGE)


def allow_changes(connection: BaseDatabaseWrapper) -> None:
    """Lift the refusal: what an attacker who owns the database may do, and verify must find."""
    statements.run(connection, ALLOW)

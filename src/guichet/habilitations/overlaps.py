"""Two rights of one card, structure and offer never overlap: the database itself refuses.

PostgreSQL has exclusion constraints; SQLite has triggers with the same effect. A migration that
changes the table ends by `forbid_overlaps_again`: SQLite makes the table anew, without triggers.
"""

from collections.abc import Mapping
from typing import Final

from django.db import IntegrityError
from django.db.backends.base.base import BaseDatabaseWrapper

from guichet.database import statements

NAME: Final = "right_never_overlaps"
# An instant is text in SQLite, in a column that would take a bare '9999' for a number.
REFUSE: Final = """
WHEN EXISTS (
  SELECT 1 FROM habilitations_right o
  WHERE o.id <> NEW.id AND o.card_number = NEW.card_number
    AND o.structure_id = NEW.structure_id AND o.offer = NEW.offer
    AND o.starts_at < COALESCE(NEW.ends_at, '9999-12-31')
    AND NEW.starts_at < COALESCE(o.ends_at, '9999-12-31')
    AND o.starts_at < COALESCE(o.ends_at, '9999-12-31')
    AND NEW.starts_at < COALESCE(NEW.ends_at, '9999-12-31')
) BEGIN SELECT RAISE(ABORT, 'right_never_overlaps'); END
"""
FORBID: Final[Mapping[str, tuple[str, ...]]] = {
    "sqlite": (
        f"CREATE TRIGGER {NAME}_insert AFTER INSERT ON habilitations_right {REFUSE}",
        f"CREATE TRIGGER {NAME}_update AFTER UPDATE ON habilitations_right {REFUSE}",
    ),
    "postgresql": (
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        f"""ALTER TABLE habilitations_right ADD CONSTRAINT {NAME} EXCLUDE USING gist (
            card_number WITH =, structure_id WITH =, offer WITH =,
            tstzrange(starts_at, ends_at) WITH &&)""",
    ),
}
ALLOW: Final[Mapping[str, tuple[str, ...]]] = {
    "sqlite": (f"DROP TRIGGER {NAME}_insert", f"DROP TRIGGER {NAME}_update"),
    "postgresql": (f"ALTER TABLE habilitations_right DROP CONSTRAINT {NAME}",),
}


def forbid_overlaps(connection: BaseDatabaseWrapper) -> None:
    """Make the database refuse overlapping rights."""
    statements.run(connection, FORBID)


def allow_overlaps(connection: BaseDatabaseWrapper) -> None:
    """Take that back."""
    statements.run(connection, ALLOW)


def forbid_overlaps_again(connection: BaseDatabaseWrapper) -> None:
    """After a change of the table: what it may have lost is put back. Safe to repeat."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for name in ("insert", "update"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {NAME}_{name}")
        forbid_overlaps(connection)


def is_overlap(error: IntegrityError) -> bool:
    """Whether it is this rule that the database enforced."""
    return NAME in str(error)

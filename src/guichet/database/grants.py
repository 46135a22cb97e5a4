"""Giving each role its rights: what roles.py and guards.py say, on the tables that there are."""

import logging
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from guichet.database.guards import FUNCTION, GUARDS, POLICIES, REQUESTS
from guichet.database.roles import TABLES, Role

logger = logging.getLogger(__name__)
KNOWN: Final = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'guichet\\_%'"
MAY_MAKE: Final = "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
SCHEMA: Final = "SELECT quote_ident(current_schema())"
PRESENT: Final = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
# Another database of the same server may be migrated at the same time.
MAKE: Final = """
DO $$ BEGIN CREATE ROLE {role} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
"""


def apply(connection: BaseDatabaseWrapper) -> bool:
    """Give each role its rights and take all others back; safe to repeat, in one transaction.

    False where there is nothing to do (SQLite), and where the roles are missing and may not be
    made by who migrates: the log says so.
    """
    if connection.vendor != "postgresql":
        return False
    if not make_roles(connection):
        return False
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        present = _column(cursor, PRESENT)
        (schema,) = _column(cursor, SCHEMA)
        for statement in _statements(present, schema):
            cursor.execute(statement)
    return True


def lift_guards(connection: BaseDatabaseWrapper) -> None:
    """Take guards and policies away, so that a migration may change the columns they name.

    Without a policy the roles neither read nor write signing requests.
    """
    if connection.vendor != "postgresql":
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name, guard in GUARDS.items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {guard.table}")
        for name in POLICIES:
            cursor.execute(f"DROP POLICY IF EXISTS {name} ON {REQUESTS}")


def make_roles(connection: BaseDatabaseWrapper) -> bool:
    """Make the group roles that are missing; whether all are there. Says so when it may not."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        return _have_roles(cursor)


def _have_roles(cursor: Any) -> bool:
    missing = set(Role) - _column(cursor, KNOWN)
    if missing and True not in _column(cursor, MAY_MAKE):
        names = ", ".join(sorted(missing))
        logger.warning(
            "roles of PostgreSQL are missing (%s) and this one may not make them: nothing is "
            "granted; run deploy/postgresql/roles.sql, then guichet init",
            names,
        )
        return False
    for role in sorted(missing):
        cursor.execute(MAKE.format(role=role))
    return True


def _column(cursor: Any, query: str) -> set[Any]:
    cursor.execute(query)
    return {row[0] for row in cursor.fetchall()}


def _statements(present: set[str], schema: str) -> Iterator[str]:
    roles = ", ".join(Role)
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {roles}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {roles}"
    for (role, rights), tables in _grouped(present).items():
        yield f"GRANT {rights} ON {', '.join(tables)} TO {role}"
    if REQUESTS in present:
        yield from _policies()
    yield FUNCTION
    yield from _guards(present)


def _grouped(present: Iterable[str]) -> dict[tuple[Role, str], list[str]]:
    """Tables by role and rights: a statement each."""
    found: dict[tuple[Role, str], list[str]] = {}
    for table in sorted(TABLES.keys() & set(present)):
        for right in TABLES[table].rights():
            found.setdefault(right, []).append(table)
    return found


def _policies() -> Iterator[str]:
    yield f"ALTER TABLE {REQUESTS} ENABLE ROW LEVEL SECURITY"
    for name, (command, role, condition) in POLICIES.items():
        yield f"DROP POLICY IF EXISTS {name} ON {REQUESTS}"
        yield f"CREATE POLICY {name} ON {REQUESTS} FOR {command} TO {role} {condition}"


def _guards(present: set[str]) -> Iterator[str]:
    for name, guard in GUARDS.items():
        if guard.table in present:
            yield (
                f"CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE ON {guard.table} FOR EACH ROW "
                f"WHEN ({guard.when}) EXECUTE FUNCTION guichet_refuse("
                f"'{guard.words}', '{guard.but}')"
            )

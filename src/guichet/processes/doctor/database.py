"""The database: reachable, up to date, with the rights of its roles, safe to write in."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from django.db import Error as DatabaseFaultError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from guichet.conf.environment import Environment
from guichet.conf.readers import without_password
from guichet.database.roles import TABLES, Role
from guichet.processes.doctor.findings import Finding, fault, warning, well

SHOWN: Final = 3
MENDS: Final[Mapping[str, str]] = {
    "postgresql": "systemctl status postgresql; else correct GUICHET_DATABASE_URL",
    "sqlite": "Let this user write in that file and its folder, or correct GUICHET_DATABASE_URL",
}
WORD: Final = re.compile(r"SELECT|INSERT|UPDATE|DELETE", re.ASCII)


def examine(environment: Environment, _at: datetime) -> Iterator[Finding]:
    """What depends on the database is not looked at while it does not answer."""
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseFaultError as error:
        shown = without_password(environment.database_url)
        yield fault(
            "database",
            f"{shown} does not answer: {str(error).strip().splitlines()[0]}",
            why="Nothing can be ordered, withdrawn or revoked; what is published goes on.",
            mend=MENDS[connection.vendor],
        )
        return
    yield well("database", f"{connection.vendor} answers")
    yield _migrations()
    if connection.vendor == "postgresql":
        yield _roles()
    else:
        yield _log()


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        names = [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
        return fault(
            "migrations",
            f"{len(plan)} migrations are missing: {_some(names)}",
            why="Pages that use the new tables or columns fail.",
            mend="guichet init",
        )
    known = executor.loader.disk_migrations
    ours = executor.loader.migrated_apps
    later = [f"{a}.{n}" for a, n in executor.loader.applied_migrations if a in ours]
    if strange := sorted(name for name in later if tuple(name.split(".", 1)) not in known):
        return warning(
            "migrations",
            f"The database knows {len(strange)} later migrations: {_some(strange)}",
            why="This code is older than its database: it works one release back, not further.",
            mend="Install the release that made them (docs/how-to/mettre-a-jour.md)",
        )
    return well("migrations", "Every migration is applied")


def _roles() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'guichet\\_%%'")
        present = {row[0] for row in cursor.fetchall()}
    if missing := sorted(set(Role) - present):
        return fault(
            "grants",
            f"Roles are missing: {', '.join(missing)}",
            why="Processes cannot be kept apart: each may do what the owner may.",
            mend="psql -f deploy/postgresql/roles.sql, then guichet init",
        )
    if lacking := _lacking():
        return fault(
            "grants",
            f"Rights are missing: {_some(lacking)}",
            why="The process of that role is refused by the database (permission denied).",
            mend="guichet init, as the owner of the tables",
        )
    return well("grants", "Each role has the rights of its tables")


def _lacking() -> list[str]:
    tables = set(connection.introspection.table_names())
    wanted = [
        (role.value, table, right)
        for table, access in TABLES.items()
        if table in tables
        for role, rights in access.rights()
        if "(" not in rights
        for right in WORD.findall(rights)
    ]
    roles, names, rights = (list(column) for column in zip(*wanted, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r, t, p FROM unnest(%s::text[], %s::text[], %s::text[]) AS asked(r, t, p) "
            "WHERE NOT has_table_privilege(r, t, p)",
            [roles, names, rights],
        )
        return [f"{right} on {table} for {role}" for role, table, right in cursor.fetchall()]


def _log() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        (mode,) = cursor.fetchone()
    if mode == "wal":
        return well("sqlite-log", "SQLite writes ahead in a log (WAL)")
    return fault(
        "sqlite-log",
        f"SQLite's journal mode is {mode}, not WAL",
        why="Readers and writers hold each other up; a network folder cannot hold such a log.",
        mend="Put GUICHET_STATE on a local disk, or use PostgreSQL (GUICHET_DATABASE_URL)",
    )


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more

"""A database copied at one instant while others write, and what it held then."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from django.db import connection

from guichet.journal.chain import GENESIS
from guichet.processes.backup import contents, postgresql
from guichet.processes.backup.manifest import DatabaseFacts
from guichet.processes.backup.refusals import BackupError

SQLITE: Final = "database.sqlite3"
DUMP: Final = "database.dump"
FILES: Final = {"sqlite": SQLITE, "postgresql": DUMP}
PAGES: Final = 2048
HEAD: Final = "SELECT seq, digest FROM journal_head"
MIGRATIONS: Final = "SELECT app, name FROM django_migrations ORDER BY app, name"
LISTS: Final = """
SELECT a.code, c.shard, MAX(c.number) FROM authority_crl c
JOIN authority_certificationauthority a ON a.id = c.authority_id
GROUP BY a.code, c.shard ORDER BY a.code, c.shard
"""
SQLITE_TABLES: Final = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
)
POSTGRESQL_TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
Query = Callable[[str], list[tuple[Any, ...]]]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of the database, and what it holds."""

    path: Path
    facts: DatabaseFacts


def copy(folder: Path, progress: Progress = lambda done, total: None) -> Snapshot:
    """Copy the database of the settings into a folder; who writes meanwhile does not wait.

    `progress` hears of pages done and of all there are, where they can be told. Raises BackupError.
    """
    if connection.vendor == "postgresql":
        return _dump(folder / DUMP)
    path = folder / SQLITE
    copy_sqlite(Path(str(connection.settings_dict["NAME"])), path, progress)
    return Snapshot(path, sqlite_facts(path))


def copy_sqlite(source: Path, target: Path, progress: Progress = lambda done, total: None) -> None:
    """Copy a SQLite database by its online backup, as one file. Raises BackupError."""
    if not source.is_file():
        raise BackupError(f"There is no database in {source}: run “guichet init”")
    try:
        with (
            closing(sqlite3.connect(source, timeout=20, isolation_level=None)) as reading,
            closing(sqlite3.connect(target, isolation_level=None)) as writing,
        ):
            target.chmod(0o600)
            # Within one reading transaction: the copy never begins again because others write.
            reading.execute("BEGIN")
            reading.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
            reading.backup(
                writing,
                pages=PAGES,
                progress=lambda _status, left, total: progress(total - left, total),
            )
            writing.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise BackupError(f"{source} cannot be copied: {error}") from error


def sqlite_facts(path: Path) -> DatabaseFacts:
    """What a SQLite copy holds. Raises BackupError when it is damaged."""
    with opened(path) as copied:
        try:
            wrong = copied.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if wrong != "ok":
                raise BackupError(f"The copy of the database is damaged: {wrong}")
            return _facts("sqlite", SQLITE_TABLES, lambda text: copied.execute(text).fetchall())
        except sqlite3.Error as error:
            raise BackupError(f"The copy of the database cannot be read: {error}") from error


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A SQLite copy, to be read alone."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as copied:
        yield copied


def _dump(path: Path) -> Snapshot:
    """The facts and the dump are of one snapshot, which this transaction exports."""
    text = postgresql.address()
    password = postgresql.environment().get("PGPASSWORD")
    try:
        with psycopg.connect(text, password=password) as exporting:
            exporting.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            exporting.read_only = True
            row = exporting.execute("SELECT pg_export_snapshot()").fetchone()
            arguments = ["--format=custom", "--no-owner", f"--exclude-schema={contents.ASIDE}*"]
            arguments += [f"--snapshot={row[0] if row else ''}", f"--file={path}"]
            path.touch(mode=0o600)
            postgresql.run("pg_dump", [*arguments, f"--dbname={text}"])
            facts = _facts(
                "postgresql",
                POSTGRESQL_TABLES,
                lambda query: list(exporting.execute(query.encode()).fetchall()),
            )
    except psycopg.Error as error:
        raise BackupError(f"The database cannot be copied: {error}") from error
    return Snapshot(path, facts)


def _facts(vendor: str, tables: str, query: Query) -> DatabaseFacts:
    names = sorted(str(row[0]) for row in query(tables))
    head = query(HEAD)
    counts = {name: int(query(f'SELECT COUNT(*) FROM "{name}"')[0][0]) for name in names}  # noqa: S608 our own tables
    return DatabaseFacts(
        vendor=vendor,
        tables=counts,
        migrations=tuple(f"{app}.{name}" for app, name in query(MIGRATIONS)),
        seq=int(head[0][0]) if head else 0,
        digest=str(head[0][1]) if head else GENESIS,
        lists=tuple((str(c), int(s), int(n)) for c, s, n in query(LISTS)),
    )

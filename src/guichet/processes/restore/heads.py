"""The end of the journals that restores moved aside: what was lost with them is known exactly."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection

from guichet.journal.checkpoints import Checkpoint
from guichet.processes.backup import databases
from guichet.processes.backup.contents import ASIDE, Places

LAST: Final = """
SELECT h.seq, h.digest, e.at FROM {schema}journal_head h
JOIN {schema}journal_entry e ON e.seq = h.seq
"""
SCHEMAS: Final = "SELECT nspname FROM pg_namespace WHERE nspname LIKE %s ORDER BY nspname"


def of_what_is_aside(places: Places, unread: list[str]) -> Iterator[Checkpoint]:
    """One for each database moved aside; `unread` hears of those that cannot be read."""
    if places.database is None:
        yield from _schemas()
        return
    name = places.database.name
    folders = {places.state, places.database.parent}
    files = [file for folder in folders for file in folder.glob(f"{ASIDE}*/{name}")]
    for file in sorted(files):
        yield from _file(file, unread)


def _file(file: Path, unread: list[str]) -> Iterator[Checkpoint]:
    try:
        with databases.opened(file) as aside:
            yield from map(_point, aside.execute(LAST.format(schema="")).fetchall())
    except (sqlite3.Error, ValueError) as error:
        unread.append(f"{file}: {error}")


def _schemas() -> Iterator[Checkpoint]:
    with connection.cursor() as cursor:
        cursor.execute(SCHEMAS, [f"{ASIDE}%"])
        for (schema,) in cursor.fetchall():
            cursor.execute(LAST.format(schema=f'"{schema}".'))
            yield from map(_point, cursor.fetchall())


def _point(row: tuple[Any, ...]) -> Checkpoint:
    seq, digest, at = row
    told = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    return Checkpoint(int(seq), str(digest), told if told.tzinfo else told.replace(tzinfo=UTC))

"""Every table of a database: the first program of a run migrates, the others copy.

TABLES_OF_TESTS is where SQLite's copy is kept, the same for all the workers and programs of a run.
On PostgreSQL the copy is a database beside the others.
"""

import fcntl
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from django.core import management
from django.db import connection

from kit.postgres import TEMPLATE

KEPT: Final = "TABLES_OF_TESTS"
_call: Final = management.call_command


def call_command(name: str, *given: Any, **asked: Any) -> Any:
    """Django's, but for the tables of a worker's new database."""
    if name != "migrate":
        return _call(name, *given, **asked)
    return make()


def make() -> None:
    """Make the tables of the empty database of this process, which alone has it open."""
    kept = os.environ.get(KEPT)
    if not kept:
        _migrate()
        return
    if connection.vendor == "postgresql":
        _clone()
        return
    connection.ensure_connection()
    with _alone() as made:
        if not made.exists():
            _migrate()
            with closing(sqlite3.connect(kept)) as target:
                connection.connection.backup(target)
            made.touch()
            return
    with closing(sqlite3.connect(kept)) as source:
        source.backup(connection.connection)
    connection.close()  # a file is of the copy's mode until it is opened again


def copy_to(path: Path) -> None:
    """SQLite's tables to a file that a program will open, if this run has made them already."""
    if os.environ.get(KEPT):
        with _alone() as made:
            if made.exists():
                shutil.copy(os.environ[KEPT], path)


def _clone() -> None:
    own = connection.ops.quote_name(connection.settings_dict["NAME"])
    copy = "tables_" + re.sub(r"\W", "_", Path(os.environ[KEPT]).parent.name)
    with _alone() as made:
        if made.exists():
            connection.close()
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"DROP DATABASE {own}")
                cursor.execute(f"CREATE DATABASE {own} {TEMPLATE} {copy}")
            return
        _migrate()
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {copy}")  # of one ended before it was whole
            cursor.execute(f"CREATE DATABASE {copy} {TEMPLATE} {own}")
        made.touch()


@contextmanager
def _alone() -> Iterator[Path]:
    """One program at a time; the file that is there once the copy is made."""
    kept = os.environ[KEPT]
    with Path(f"{kept}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Path(f"{kept}.made")


def _migrate() -> None:
    _call("migrate", verbosity=0)

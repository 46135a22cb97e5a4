"""Every table of a database in SQLite: the first program of a run migrates, the others copy.

TABLES_OF_TESTS is where the copy is kept, the same for all the workers and programs of a run.
"""

import fcntl
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from django.core import management
from django.db import connection

KEPT: Final = "TABLES_OF_TESTS"
_migrate: Final = management.call_command


def call_command(name: str, *given: Any, **asked: Any) -> Any:
    """Django's, but for the tables of a new database."""
    return make() if name == "migrate" else _migrate(name, *given, **asked)


def make() -> None:
    """Make the tables of the empty database of this process."""
    kept = os.environ.get(KEPT)
    if connection.vendor != "sqlite" or not kept:
        _migrate("migrate", verbosity=0)
        return
    connection.ensure_connection()
    with Path(f"{kept}.lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if not Path(kept).exists():
            _migrate("migrate", verbosity=0)
            _copy(connection.connection, f"{kept}.made")
            Path(f"{kept}.made").rename(kept)
            return
    with closing(sqlite3.connect(kept)) as source:
        source.backup(connection.connection)
    connection.close()  # a file is of the copy's mode until it is opened again


def _copy(source: sqlite3.Connection, path: str) -> None:
    with closing(sqlite3.connect(path)) as target:
        source.backup(target)

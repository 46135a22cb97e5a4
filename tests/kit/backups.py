"""A backup of the tests' database, put back as an operator would: by the database's own tools."""

import os
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from kit import postgres


def back_up(folder: Path) -> Callable[[], None]:
    """Copy the whole database; call what is returned to put the copy back in its place."""
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        return _dumped(folder / "backup.dump")
    copy = sqlite3.connect(folder / "backup.sqlite3")
    connection.connection.backup(copy)
    return lambda: copy.backup(connection.connection)


def _dumped(file: Path) -> Callable[[], None]:
    settings = connection.get_connection_params()
    environment = os.environ | {"PGHOST": settings["host"], "PGUSER": settings["user"]}
    database = settings["dbname"]

    def run(tool: str, *arguments: str) -> None:
        subprocess.run([postgres.newest() / tool, *arguments], env=environment, check=True)

    run("pg_dump", "-Fc", "-f", str(file), database)
    return lambda: run("pg_restore", "--clean", "-1", "-d", database, str(file))

"""PostgreSQL's own tools, which copy its databases."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.db import connection
from psycopg.conninfo import make_conninfo

from guichet.processes.backup.refusals import BackupError

DEBIAN: Final = Path("/usr/lib/postgresql")
OUR_OWN: Final = frozenset({"context", "cursor_factory", "password", "prepare_threshold"})
"""Of Django's parameters: not libpq's, or not to be shown to who lists processes."""
OUTPUT_AT_MOST: Final = 2000


def tool(name: str) -> str:
    """Where pg_dump, pg_restore or psql is, the newest. Raises BackupError."""
    found = sorted(DEBIAN.glob(f"*/bin/{name}"), key=_version)
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        raise BackupError(f"{name} is missing: apt-get install postgresql-client")
    return path


def _version(path: Path) -> int:
    version = path.parts[-3]
    return int(version) if version.isdigit() else 0


def address() -> str:
    """The database of the settings as libpq's connection string, without its password."""
    return make_conninfo(**_shown(connection.get_connection_params()))


def _shown(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name not in OUR_OWN and value}


def environment() -> dict[str, str]:
    """Of a tool: the password goes by it, not by the command line."""
    password = connection.get_connection_params().get("password")
    return dict(os.environ) | ({"PGPASSWORD": str(password)} if password else {})


def run(name: str, arguments: Sequence[str]) -> bytes:
    """What a tool writes. Raises BackupError with what it complained of."""
    done = subprocess.run(  # noqa: S603 PostgreSQL's own tool
        [tool(name), *arguments], env=environment(), capture_output=True, check=False
    )
    if done.returncode:
        raise failed(name, done.stderr)
    return done.stdout


def failed(name: str, complaint: bytes) -> BackupError:
    """The error of a tool that failed."""
    words = complaint.decode("utf-8", "replace").strip()[:OUTPUT_AT_MOST]
    return BackupError(f"{name} failed: {words}")

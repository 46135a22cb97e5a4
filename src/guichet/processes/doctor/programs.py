"""Versions of what Guichet runs on."""

import sqlite3
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from cryptography.hazmat.backends.openssl import backend

from guichet.conf.environment import Environment
from guichet.processes.doctor.findings import Finding, fault, well
from guichet.web import traces

PYTHON: Final = (3, 11)
OPENSSL: Final = 3
SQLITE: Final = (3, 37)


def examine(environment: Environment, _at: datetime) -> Iterator[Finding]:
    """Python, OpenSSL, SQLite where it is the database, and what sends traces if it is missing."""
    yield _python(tuple(sys.version_info[:3]))
    yield _openssl(backend.openssl_version_text())
    if environment.database_url.startswith("sqlite:"):
        yield _sqlite(sqlite3.sqlite_version_info)
    if traces.lacks(environment.otel_endpoint):
        yield fault(
            "traces",
            traces.MISSING.partition(":")[0],
            why="No process starts but the responder; commands go on without.",
            mend=f"In the environment of the program: {traces.INSTALL}; or unset the variable",
        )


def _python(version: tuple[int, ...]) -> Finding:
    said = f"Python {'.'.join(map(str, version))}"
    if version[:2] >= PYTHON:
        return well("python", said)
    return fault(
        "python",
        f"{said}: older than 3.11",
        why="Guichet is written for Python 3.11 or newer, and is tested on nothing older.",
        mend="Make the virtual environment again with a newer Python, then install Guichet in it.",
    )


def _openssl(said: str) -> Finding:
    major = said.removeprefix("OpenSSL ").partition(".")[0]
    if major.isdigit() and int(major) >= OPENSSL:
        return well("openssl", said)
    return fault(
        "openssl",
        f"{said}: older than OpenSSL 3",
        why="Signatures and TLS are made by it; older branches have no security updates any more.",
        mend="pip install --require-hashes -r requirements/base.txt",
    )


def _sqlite(version: tuple[int, ...]) -> Finding:
    said = f"SQLite {'.'.join(map(str, version))}"
    if version >= SQLITE:
        return well("sqlite", said)
    return fault(
        "sqlite",
        f"{said}: older than 3.37",
        why="Migrations and the journal's triggers use what older versions lack.",
        mend="Use the SQLite of Debian 12 or newer, or PostgreSQL (GUICHET_DATABASE_URL).",
    )

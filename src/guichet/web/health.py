"""Readiness: the database answers, the signer is alive, the published CRLs are fresh."""

import time
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection

from guichet.x509 import crl

HEARTBEAT_SECONDS: Final = 30
_NEXT_UPDATES: dict[Path, tuple[float, datetime]] = {}


def checks(at: datetime) -> dict[str, str]:
    """Each check's name and "ok" or what is wrong."""
    return {"database": _database(), "signer": _signer(), "crl": _crls(at)}


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return "unreachable"
    return "ok"


def _signer() -> str:
    heartbeat = settings.GUICHET.state / "run" / "signer.heartbeat"
    try:
        age = time.time() - heartbeat.stat().st_mtime
    except FileNotFoundError:
        return "never seen"
    return "ok" if age < HEARTBEAT_SECONDS else f"silent for {age:.0f} s"


def _crls(at: datetime) -> str:
    paths = sorted((settings.GUICHET.published / "crl").glob("*.crl"))
    if not paths:
        return "none published"
    stale = [path.stem for path in paths if _next_update(path) <= at]
    return f"stale: {', '.join(stale)}" if stale else "ok"


def _next_update(path: Path) -> datetime:
    modified = path.stat().st_mtime
    known = _NEXT_UPDATES.get(path)
    if known is None or known[0] != modified:
        known = (modified, crl.read(path.read_bytes()).next_update)
        _NEXT_UPDATES[path] = known
    return known[1]

"""Readiness: the database answers, the signer is alive, and what apps add to it."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection

HEARTBEAT_SECONDS: Final = 30
Check = Callable[[datetime], str]
_CHECKS: Final[dict[str, Check]] = {}


def register(name: str, check: Check) -> None:
    """Add a check, made at each question: it tells "ok" or what is wrong, and is cheap."""
    _CHECKS[name] = check


def checks(at: datetime) -> dict[str, str]:
    """Each check's name and "ok" or what is wrong."""
    own = {"database": _database(), "signer": _signer()}
    return own | {name: check(at) for name, check in _CHECKS.items()}


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

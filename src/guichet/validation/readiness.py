"""Whether what is published is fresh, for /readyz: one query."""

from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError

from guichet.domain.freshness import UNTESTED_AFTER, is_stale_by
from guichet.validation.queries import last_readings
from guichet.x509 import crl_headings

_NEXT_UPDATES: Final[dict[Path, tuple[int, datetime]]] = {}


def freshness(at: datetime) -> str:
    """ "ok", or which points are stale, or since when none was tested.

    Until the first round of the watchdog, the published lists speak for themselves.
    """
    try:
        readings = last_readings()
    except DatabaseError:
        return "unreachable"
    if not readings:
        return _of_files(at)
    age = at - max(reading.at for reading in readings)
    if age > UNTESTED_AFTER:
        return f"not tested for {age.total_seconds():.0f} s"
    return _told([reading.point.name for reading in readings if is_stale_by(reading, at)])


def _of_files(at: datetime) -> str:
    paths = sorted((settings.GUICHET.published / "crl").glob("[!.]*.crl"))
    if not paths:
        return "none published"
    return _told([f"crl/{path.name}" for path in paths if _next_update(path) <= at])


def _told(stale: list[str]) -> str:
    return f"stale: {', '.join(stale)}" if stale else "ok"


def _next_update(path: Path) -> datetime:
    modified = path.stat().st_mtime_ns
    known = _NEXT_UPDATES.get(path)
    if known is None or known[0] != modified:
        known = (modified, crl_headings.read(path.read_bytes()).next_update)
        _NEXT_UPDATES[path] = known
    return known[1]

"""The journal's log as it is read over HTTP: its checkpoint, its key, its tiles (C2SP tlog-tiles).

A tile never changes once it is written, however wide it is; the checkpoint does about each second.
Time-stamps (RFC 3161) lie beside, and do not change either.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from guichet.validation.http import NOT_FOUND, READ_ONLY, Answer, etag

FOLDER: Final = "/journal/"
TILE: Final = re.compile(r"tile/(?:[0-9]|[1-6][0-9]|entries)/(?:x\d{3}/){0,5}\d{3}(?:\.p/\d{1,3})?")
TOKEN: Final = re.compile(r"timestamps/[1-9][0-9]{0,18}\.tsr")
STAMPED: Final = re.compile(r"timestamps/[1-9][0-9]{0,18}\.checkpoint")
TOLD: Final = frozenset({"checkpoint", "vkey"})
TEXT: Final = "text/plain; charset=utf-8"
REPLY: Final = "application/timestamp-reply"
FRESH: Final = timedelta(seconds=1)
FIXED: Final = timedelta(days=7)


def answer(published: Path, method: str, path: str, at: datetime) -> Answer:
    """Answer for an address that begins with FOLDER; only names that the log writes are there."""
    name = path.removeprefix(FOLDER)
    is_tile = TILE.fullmatch(name) is not None
    is_token = TOKEN.fullmatch(name) is not None
    if not is_tile and not is_token and name not in TOLD and not STAMPED.fullmatch(name):
        return NOT_FOUND
    if method not in {"GET", "HEAD"}:
        return READ_ONLY
    file = published / "journal" / name
    try:
        body, stamp = file.read_bytes(), file.stat().st_mtime
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return NOT_FOUND
    return Answer(
        200,
        "application/octet-stream" if is_tile else REPLY if is_token else TEXT,
        body,
        etag(body),
        changed_at=datetime.fromtimestamp(int(stamp), UTC),
        expires_at=at + (FIXED if is_tile or is_token else FRESH),
        is_fixed=is_tile or is_token,
    )

"""Diagnoses kept for a week under addresses that nobody guesses: files, a bounded number of them.

A file is named by the digest of its token: who reads the folder cannot make the links. Another
token, told to whoever kept it, deletes it.
"""

import hmac
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

DAYS: Final = 7
SECONDS: Final = DAYS * 24 * 3600
KEPT_AT_MOST: Final = 500
BYTES_AT_MOST: Final = 128 * 1024
TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class Full(Exception):  # noqa: N818 an answer, not a fault of ours
    """There is no room for another, or this one is too large."""


@dataclass(frozen=True, slots=True)
class Links:
    """The secrets of a diagnosis just kept: one reads it, the other deletes it."""

    reading: str
    deleting: str


@dataclass(frozen=True, slots=True)
class KeptFolder:
    """<state>/bench/sessions."""

    folder: Path

    def keep(self, told: dict[str, Any]) -> Links:
        """Keep a diagnosis as the page tells it. Raises Full."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if sum(1 for _ in self._alive()) >= KEPT_AT_MOST:
            raise Full
        links = Links(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
        data = json.dumps({"deleting": _digest(links.deleting), "told": told}).encode()
        if len(data) > BYTES_AT_MOST:
            raise Full
        path = self._path(links.reading)
        aside = path.with_suffix(".new")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        aside.replace(path)
        return links

    def read(self, reading: str) -> dict[str, Any] | None:
        """What was kept under a link; None when it is unknown, over or deleted."""
        found = self._load(reading)
        return None if found is None else found["told"]

    def delete(self, reading: str, deleting: str) -> bool:
        """Delete it; False when there is none or the link is not the owner's."""
        if not self.is_owner(reading, deleting):
            return False
        self._path(reading).unlink(missing_ok=True)
        return True

    def is_owner(self, reading: str, deleting: str) -> bool:
        """Whether the second link is that of whoever kept it."""
        found = self._load(reading)
        return found is not None and hmac.compare_digest(found["deleting"], _digest(deleting))

    def _load(self, reading: str) -> dict[str, Any] | None:
        if not TOKEN.fullmatch(reading):
            return None
        path = self._path(reading)
        try:
            if time.time() - path.stat().st_mtime > SECONDS:
                return None
            found: dict[str, Any] = json.loads(path.read_bytes())
        except (OSError, ValueError):
            return None
        return found

    def _alive(self) -> Iterator[Path]:
        """Those that are not over; the others are deleted on the way."""
        for path in self.folder.iterdir():
            try:
                is_over = time.time() - path.stat().st_mtime > SECONDS
            except FileNotFoundError:
                continue
            if is_over:
                path.unlink(missing_ok=True)
            else:
                yield path

    def _path(self, reading: str) -> Path:
        return self.folder / f"{_digest(reading)}.json"


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()

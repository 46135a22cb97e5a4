"""Attached files on disk: outside the web root, named by their key, readable by us alone."""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

INCOMING: Final = "incoming"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was written: how many bytes, and their SHA-256."""

    size: int
    sha256: str


def folder() -> Path:
    """The folder of attached files, made on first use."""
    found: Path = settings.GUICHET.state / "attachments"
    (found / INCOMING).mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def _mode() -> int:
    """What the owner may do, and a group too whose folder this is (setgid).

    The clerk scans and deletes what the portal wrote: where they are two users, they share it.
    """
    return 0o770 if folder().stat().st_mode & stat.S_ISGID else 0o700


def path_of(key: UUID) -> Path:
    """Where the file of a key is, or would be."""
    return folder() / key.hex[:2] / key.hex


def keep(key: UUID, chunks: Iterable[bytes]) -> Kept:
    """Write a file aside, then under its key: it is there whole or not at all.

    Called before its row is committed; a file without a row is swept away later.
    """
    aside, final = folder() / INCOMING / key.hex, path_of(key)
    final.parent.mkdir(exist_ok=True, mode=_mode())
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _mode() & 0o666)
    with os.fdopen(descriptor, "wb") as stream:
        for chunk in chunks:
            stream.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        stream.flush()
        os.fsync(stream.fileno())
    aside.rename(final)
    _sync(final.parent)
    return Kept(size, digest.hexdigest())


def erase(key: UUID) -> None:
    """Delete the file of a key. Safe to repeat."""
    path_of(key).unlink(missing_ok=True)


def older_than(at: datetime) -> Iterator[tuple[UUID | None, Path]]:
    """Every file written before an instant, with its key; files left aside have none."""
    for path in folder().glob("*/*"):
        with suppress(FileNotFoundError):
            written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if written_at < at:
                yield _key(path), path


def _key(path: Path) -> UUID | None:
    if path.parent.name == INCOMING:
        return None
    try:
        return UUID(hex=path.name)
    except ValueError:
        return None


def _sync(parent: Path) -> None:
    """Make the new name itself survive a power cut."""
    descriptor = os.open(parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

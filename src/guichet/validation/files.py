"""Files that others read while we write: aside, flushed, then renamed."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

ASIDE: Final = re.compile(r"\..+-[a-z0-9_]{8}")


def replace(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Replace the file whole; a reader sees the old content or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with aside(path, content) as written:
        written.chmod(mode)
        written.replace(path)


@contextmanager
def aside(path: Path, content: bytes) -> Iterator[Path]:
    """The content flushed to a file beside `path`, of mode 0600; removed unless it was moved."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    written = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        yield written
    finally:
        written.unlink(missing_ok=True)


def written_at(path: Path) -> datetime | None:
    """When the file was last written; None when it is not there, or not ours to see."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None


def sweep(*folders: Path) -> int:
    """Remove what a writer that was killed left aside; return how many files.

    To be called by who alone writes in these folders.
    """
    left = [
        path
        for folder in folders
        if folder.is_dir()
        for path in folder.iterdir()
        if ASIDE.fullmatch(path.name) and path.is_file()
    ]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)

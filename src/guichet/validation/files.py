"""Files that others read while we write: aside, flushed, then renamed."""

import os
import re
import tempfile
from pathlib import Path
from typing import Final

ASIDE: Final = re.compile(r"\..+-[a-z0-9_]{8}")


def replace(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Replace the file whole; a reader sees the old content or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(aside).chmod(mode)
        Path(aside).replace(path)
    except OSError:
        Path(aside).unlink(missing_ok=True)
        raise


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

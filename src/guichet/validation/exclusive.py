"""One writer at a time for a published folder, whatever becomes of the others."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LOCK: Final = ".publisher.lock"


class BusyError(Exception):
    """Another publisher is at work on this folder."""


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Be the only publisher of a folder while the block lasts, however it ends (flock).

    Raises BusyError at once when another is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(f"another publisher is at work on {folder}") from error
        yield
    finally:
        os.close(descriptor)

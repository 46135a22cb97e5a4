"""One writer at a time for a published folder, whatever becomes of the others."""

import fcntl
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

logger = logging.getLogger(__name__)
LOCK: Final = ".publisher.lock"
STANDBY_SECONDS: Final = 1.0


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


def in_turn(folder: Path, stop: threading.Event, work: Callable[[], None]) -> None:
    """Work until told to stop; wait while another is at it, to take over. The wait is told once."""
    told = False
    while not stop.is_set():
        try:
            with exclusive(folder):
                work()
        except BusyError as busy:
            if not told:
                logger.warning("%s: standing by", busy)
            told = True
            stop.wait(STANDBY_SECONDS)

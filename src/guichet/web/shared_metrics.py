"""Prometheus figures of several processes that answer as one: whichever is asked tells them all.

prometheus_client keeps them in files that the processes map, where an environment variable says so
before it is imported. Figures of the database are read at each scrape, by the one that is asked.
"""

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
TELLER: Final = "teller"
OWNER_ALONE: Final = 0o700


def share(folder: Path) -> None:
    """Let the processes forked from this one share their figures in a folder that begins empty.

    To be called before anything imports prometheus_client.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(OWNER_ALONE)
    for path in folder.iterdir():
        path.unlink()
    os.environ[VARIABLE] = str(folder)


def folder() -> Path | None:
    """Where figures are shared; None where this process is alone."""
    found = os.environ.get(VARIABLE)
    return Path(found) if found else None


def pids() -> Sequence[int]:
    """The processes that share their figures and are alive."""
    shared = folder()
    names = {path.stem.rpartition("_")[2] for path in shared.glob("*.db")} if shared else set()
    return sorted(int(name) for name in names if Path("/proc", name).exists())


class Teller:
    """Of processes that share their figures, the one that counts what all of them would see.

    Its lock goes with it, and another takes its place.
    """

    def __init__(self) -> None:
        self._held: tuple[int, int] | None = None

    def is_this(self) -> bool:
        """Whether this process is the one; a process that is alone always is."""
        shared = folder()
        if shared is None:
            return True
        if self._held is None or self._held[0] != os.getpid():
            descriptor = os.open(shared / TELLER, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return False
            self._held = os.getpid(), descriptor
        return True

"""The databases measured: SQLite, and a durable PostgreSQL server that is thrown away."""

import itertools
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.kit import postgres

OWNER: Final = "guichet"
# fsync and all stay as PostgreSQL ships them; only what a small default would distort is raised.
OPTIONS: Final = "-c shared_buffers=512MB -c max_wal_size=4GB"
TICKS: Final = os.sysconf("SC_CLK_TCK")
# Fields of /proc/<pid>/stat after the name (proc(5)).
PARENT: Final = 1
OWN: Final = slice(11, 13)
OF_ENDED_CHILDREN: Final = slice(13, 15)


@dataclass(frozen=True)
class Database:
    """A kind of database: its name in results, and the folder of its server's socket, if any."""

    name: str
    folder: Path | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a new database, empty for SQLite in the state folder; dropped at the end."""
        if self.folder is None:
            yield ""
            return
        name = f"bench_{next(self._numbers)}"
        at = ["-h", str(self.folder), "-U", OWNER, name]
        subprocess.run([postgres.newest() / "createdb", *at], check=True)
        try:
            yield f"postgresql://{OWNER}@/{name}?host={self.folder}"
        finally:
            subprocess.run([postgres.newest() / "dropdb", "--force", *at], check=True)

    @property
    def server(self) -> int | None:
        """The server's process, which all its others descend from."""
        if self.folder is None:
            return None
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def pin(self, cores: set[int]) -> None:
        """Run the server on these cores alone, with what it starts from now on."""
        for pid in _family(self.server):
            os.sched_setaffinity(pid, cores)


@contextmanager
def every() -> Iterator[tuple[Database, ...]]:
    """Both kinds, for the length of the block."""
    with postgres.serving(OWNER, OPTIONS) as folder:
        yield Database("SQLite"), Database("PostgreSQL", folder)


def cpu_seconds(server: int | None) -> float:
    """CPU time that a server took so far, with what it started; 0 without a server."""
    if server is None:
        return 0.0
    found = [
        *_stat(server)[OF_ENDED_CHILDREN],
        *(t for p in _family(server) for t in _stat(p)[OWN]),
    ]
    return sum(map(int, found)) / TICKS


def _family(server: int | None) -> list[int]:
    if server is None:
        return []
    every = (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))
    return [server, *(pid for pid in every if _stat(pid)[PARENT:][:1] == [str(server)])]


def _stat(pid: int) -> list[str]:
    """Empty for a process that ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []

"""Sites whose processes can be killed: a folder and a database each, copied from a first one."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from kit import memory
from kit.postgres import TEMPLATE


class Forge:
    """The process that jobs are forked from."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """How each job ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        ends: list[dict[str, Any]] = json.loads(self._process.stdout.readline())
        return ends


@dataclass(frozen=True)
class Site:
    """A state folder and a database of its own."""

    state: Path
    database: str
    forge: Forge

    def together(self, *calls: list[str | int]) -> list[dict[str, Any]]:
        """Jobs at the same time."""
        site = {"state": str(self.state), "database": self.database}
        return self.forge.ask({"jobs": [site | {"call": call} for call in calls]})

    def run(self, *call: str | int) -> Any:
        """What a job answers; it must end well."""
        (ended,) = self.together(list(call))
        assert ended["end"] == 0, ended
        return ended["answer"]

    def dies(self, *call: str | int) -> None:
        """The job's process is killed before it ends."""
        (ended,) = self.together(list(call))
        assert ended["end"] == -signal.SIGKILL, ended

    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = self.run("report")
        return found


class Server:
    """Databases of a PostgreSQL server, made from one another."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)

    def url(self, name: str) -> str:
        return urlunsplit(self._url._replace(path=f"/{name}"))

    def runs(self, statement: str) -> None:
        import psycopg  # noqa: PLC0415 not there without a server

        # Not the database that is given: a program of another test may be making it anew.
        with psycopg.connect(self.url("postgres"), autocommit=True) as opened:
            opened.execute(statement)  # type: ignore[call-overload]


MakeSite = Callable[[], Site]
Prepare = Callable[..., MakeSite]


@contextmanager
def forging(program: Path) -> Iterator[Prepare]:
    """Prepares sites, whose jobs are forked from the program.

    In memory where there is room: a kill loses nothing of what was written to a file, a power cut
    would, and to write for that one takes most of the time of a job.
    """
    with (
        tempfile.TemporaryDirectory(
            prefix="guichet-faults-", dir=memory.folder(), ignore_cleanup_errors=True
        ) as folder,
        started(program, Path(folder)) as forge,
        ExitStack() as made,
    ):
        yield lambda *call: made.enter_context(copies(forge, Path(folder), *call))


@contextmanager
def started(program: Path, state: Path, **more: str) -> Iterator[Forge]:
    """The program that jobs are forked from; `more` of its environment."""
    environment = os.environ | {
        **more,
        "GUICHET_STATE": str(state),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    command = [sys.executable, program]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Forge(process)


@contextmanager
def copies(forge: Forge, folder: Path, *prepare: str | int) -> Iterator[MakeSite]:
    """Makes copies of one site, prepared once; on the server of GUICHET_DATABASE_URL if any.

    There, the database of a copy goes when the next one is made: a test has one at a time.
    """
    given = os.environ.get("GUICHET_DATABASE_URL", "")
    server = Server(given) if given.startswith("postgresql") else None
    names = [f"faults_{uuid.uuid4().hex[:12]}"]
    first = folder / names[0]
    first.mkdir()
    if server:
        server.runs(f"CREATE DATABASE {names[0]}")
    url = server.url(names[0]) if server else f"sqlite:///{first / 'guichet.db'}"
    Site(first, url, forge).run(*prepare)

    def copy() -> Site:
        state = folder / uuid.uuid4().hex
        shutil.copytree(first, state)
        if not server:
            return Site(state, f"sqlite:///{state / 'guichet.db'}", forge)
        if len(names) > 1:
            server.runs(f"DROP DATABASE {names.pop()} WITH (FORCE)")
        names.append(f"faults_{uuid.uuid4().hex[:12]}")
        server.runs(f"CREATE DATABASE {names[-1]} {TEMPLATE} {names[0]}")
        return Site(state, server.url(names[-1]), forge)

    yield copy
    for name in names if server else []:
        assert server
        server.runs(f"DROP DATABASE {name} WITH (FORCE)")

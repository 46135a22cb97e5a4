"""A machine of its own: Debian's systemd as the first process, on a copy of a machine's files.

Namespaces of the kernel keep apart its files, processes, network, groups of processes: what the
pages of docs/ have root do to a whole machine is done to that one. Only root may make them, and not
in every container.
"""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kit.documents import ROOT

BOOT: Final = Path(__file__).with_name("booted.sh")
SOURCES: Final = Path("/srv/guichet")
SECONDS: Final = 60
POLL_S: Final = 0.02


@dataclass(frozen=True)
class Machine:
    """One that runs; `first` is what its first process is called outside of it."""

    first: int

    def file(self, path: str) -> Path:
        """Where a file of that machine is for us."""
        return Path(f"/proc/{self.first}/root", path.lstrip("/"))

    def ends(self, text: str, seconds: int = SECONDS) -> subprocess.CompletedProcess[str]:
        """How a block ends that root runs there, in the folder of the sources."""
        inside = ["nsenter", "--target", str(self.first), "--all", "--root", "--wd"]
        return subprocess.run(
            [*inside, "bash", "-euo", "pipefail", "-c", f"cd {SOURCES}\n{text}"],
            env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )

    def run(self, text: str, seconds: int = SECONDS) -> str:
        """What a block prints there; a command that fails fails the test."""
        done = self.ends(text, seconds)
        assert done.returncode == 0, (text, done.stdout, done.stderr)
        return done.stdout


@contextmanager
def machine(base: Path = Path("/"), kept: tuple[Path, str] | None = None) -> Iterator[Machine]:
    """One that has booted; fails where this one cannot make another.

    `base`: the files that it is a copy of. `kept`: a folder of this machine, and where it is there,
    for what is not to be written in memory.
    """
    assert os.geteuid() == 0, "only root may make a machine"
    with tempfile.TemporaryDirectory(prefix="guichet-booted-") as room:
        paths = map(str, (BOOT, room, ROOT, base, *(kept or ())))
        apart = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "bash", *paths]
        with subprocess.Popen(
            apart,
            env=os.environ | {"LC_ALL": "C"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            first = _first(process)
            try:
                running = Machine(first)
                running.run("systemctl is-system-running --wait")
                yield running
            finally:
                os.kill(first, signal.SIGKILL)


def _first(process: subprocess.Popen[bytes]) -> int:
    """The process that systemd is, once it listens."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            assert process.stdout is not None
            said = process.stdout.read().decode()
            message = f"this machine cannot make another: {said}"
            raise AssertionError(message)
        found = _systemd_under(process.pid)
        if found and Machine(found).file("/run/systemd/private").exists():
            return found
        time.sleep(POLL_S)
    process.kill()
    message = "systemd did not start"
    raise AssertionError(message)


def _systemd_under(process: int) -> int | None:
    """Which of its descendants is systemd, each the only child of the one before."""
    try:
        if Path(f"/proc/{process}/comm").read_text().strip() == "systemd":
            return process
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:  # it has ended meanwhile
        return None
    return _systemd_under(int(children[0])) if children else None

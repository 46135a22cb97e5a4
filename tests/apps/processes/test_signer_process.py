"""The real signer, under its own role: what it does, where it listens, what others learn of it."""

import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from apps.processes.conftest import SiteOf
from guichet.processes.hardening import harden

PASSPHRASE = "a test passphrase"
WRONG = "never-the-right-passphrase"
PATIENCE_S = 120
LISTENING = "0A"  # TCP_LISTEN
ACCEPTING = 0x10000  # __SO_ACCEPTON of a Unix socket
NOBODY = 65534
pytestmark = pytest.mark.xdist_group("roles")


@contextmanager
def signing(sites: SiteOf) -> Iterator[tuple[int, Path, Path]]:
    """The process, by its id; its log; the file of its passphrase, which holds a wrong one yet."""
    site = sites("guichet-signer")
    log, passphrase = site.state / "signer.log", site.state / "secrets" / "keystore"
    passphrase.parent.mkdir(exist_ok=True)
    passphrase.write_text(WRONG)
    passphrase.chmod(0o600)
    given = {k: v for k, v in os.environ.items() if not k.startswith("GUICHET_")}
    given |= {"GUICHET_STATE": str(site.state), "GUICHET_DATABASE_URL": site.database}
    command = [Path(sys.executable).with_name("guichet"), "signer"]
    with (
        log.open("wb") as told,
        subprocess.Popen(
            command, env=given, stdin=subprocess.DEVNULL, stdout=told, stderr=told
        ) as process,
    ):
        try:
            yield process.pid, log, passphrase
        finally:
            process.send_signal(signal.SIGTERM)


@contextmanager
def shut_out(sites: SiteOf) -> Iterator[None]:
    """The signer's connections are cut, and it may not enter again."""
    with psycopg.connect(sites("postgres").database, autocommit=True) as server:
        server.execute('ALTER ROLE "guichet-signer" NOLOGIN')
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE usename = 'guichet-signer'"
        )
        yield
        server.execute('ALTER ROLE "guichet-signer" LOGIN')


def wait_for(condition: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def listens(pid: int) -> list[str]:
    """The sockets of a process that wait for somebody, or take datagrams from anybody."""
    own = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            own |= set(re.findall(r"socket:\[(\d+)\]", str(descriptor.readlink())))
    found = []
    for name in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6", "unix"):
        for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]:
            parts = line.split()
            inode, waits = (
                (parts[6], int(parts[3], 16) & ACCEPTING)
                if name == "unix"
                else (parts[9], parts[3] == LISTENING or "tcp" not in name)
            )
            if inode in own and waits:
                found.append(f"{name} {line}")
    assert own, "it speaks with the database"
    return found


def test_it_signs_listens_nowhere_and_tells_no_secret(sites: SiteOf) -> None:
    """A wrong passphrase, the right one, a connection that is cut: the log tells no secret."""
    issued = (
        "SELECT 1 FROM authority_certificate c JOIN authority_signingrequest r "
        "ON r.id = c.request_id WHERE r.reference = 'asked'"
    )
    sites("guichet-portal").run("ask")
    with signing(sites) as (pid, log, passphrase):
        wait_for(lambda: "opening the keys fails" in log.read_text(), log)
        passphrase.write_text(PASSPHRASE)
        wait_for(lambda: sites("guichet-auditor").run("attempt", issued) == ["", "1"], log)
        assert listens(pid) == []
        limits = Path(f"/proc/{pid}/limits").read_text()
        assert re.search(r"^Max core file size +0 +0 ", limits, re.M)
        with shut_out(sites):
            wait_for(lambda: "the database does not answer" in log.read_text(), log)
        wait_for(lambda: "the database answers again" in log.read_text(), log)
    told = log.read_text()
    assert told.count("the database does not answer") == 1
    assert "Traceback" not in told
    assert PASSPHRASE not in told
    assert WRONG not in told


def test_its_memory_is_closed_to_its_own_user() -> None:
    """Neither a core file nor /proc gives what it holds, to no other process of the same user."""
    ready, done = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        if os.geteuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        harden()
        os.write(ready[1], b"1")
        os.read(done[0], 1)
        os._exit(resource.getrlimit(resource.RLIMIT_CORE) != (0, 0))
    os.read(ready[0], 1)
    reader = os.fork()
    if not reader:
        if os.geteuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        seen = [name for name in ("mem", "environ", "maps") if can_read(f"/proc/{child}/{name}")]
        os._exit(len(seen))
    assert os.waitstatus_to_exitcode(os.waitpid(reader, 0)[1]) == 0
    os.write(done[1], b"1")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def can_read(path: str) -> bool:
    try:
        with Path(path).open("rb"):
            return True
    except PermissionError:
        return False

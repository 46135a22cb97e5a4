"""One supervisor: a dead process comes back; however the demo ends, it leaves nothing behind."""

import os
import pty
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from guichet.demo.supervision import PROCESSES
from guichet.processes.restore import mark
from kit import stack as kit_stack
from kit.stack import Stack

pytestmark = pytest.mark.xdist_group("supervision")  # one preparation serves them all
WITHIN_S = 120
TWO_OF_THEM = """
import sys
from pathlib import Path
from guichet.demo.supervision import Supervisor

with Supervisor(Path(sys.argv[1]), {"responder": "validation", "clerk": "worker"}) as supervisor:
    supervisor.wait()
"""
# What /readyz of the portal asks for.
READY = ("portal", "signer", "responder", "publisher")
PORTS = ("PORT", "PKI_PORT")
# One with workers of each kind, and one with threads: all are started again by the same rules.
KILLED = ("portal", "signer", "responder", "publisher")
# What no process may have inherited open from the one that it is a fork of.
DATA = {"guichet.db", "guichet.db-wal", "guichet.db-shm"}


def processes_of(state: Path, words: str = "") -> set[int]:
    """Process ids whose environment names this state folder and whose command holds the words."""
    found = set()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if words not in command:
                continue
            environment = (folder / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if f"GUICHET_STATE={state}\0" in environment:
            found.add(int(folder.name))
    return found


def parent_of(process: int) -> int:
    """0 when the process is gone."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def opened_by(process: int) -> set[str]:
    """Names of the files that it has open."""
    return {path.readlink().name for path in Path(f"/proc/{process}/fd").iterdir()}


def within(condition: Callable[[], bool]) -> bool:
    """Whether it comes true; neither a birth nor a freed port can be waited for otherwise."""
    deadline = time.monotonic() + WITHIN_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.25)
    return True


def is_free(port: str) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError:
            return False
    return True


def busy_ports(values: dict[str, str]) -> list[str]:
    return [name for name in kit_stack.SERVED_PORTS if not is_free(values[f"GUICHET_{name}"])]


def leaves_nothing(values: dict[str, str]) -> bool:
    state = Path(values["GUICHET_STATE"])
    return within(lambda: not processes_of(state)) and within(lambda: not busy_ports(values))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a demo that is made but not running."""
    state = tmp_path_factory.mktemp("supervision")
    kit_stack.give_tables(state)
    values = kit_stack.environment(state)
    subprocess.run([*kit_stack.DEMO, "prepare"], env=values, check=True, stdout=subprocess.DEVNULL)
    return values


@contextmanager
def started(values: dict[str, str]) -> Iterator[Stack]:
    """As much of a demo as is ready; killed whole when the test did not end it."""
    state = Path(values["GUICHET_STATE"])
    running = kit_stack.start(values, state / "output.log", (*kit_stack.DEMO, *READY))
    try:
        yield running
    finally:
        kill_all(state, running.process)


def kill_all(state: Path, process: "subprocess.Popen[bytes]") -> None:
    while left := processes_of(state):
        for found in left:
            with suppress(ProcessLookupError):
                os.kill(found, signal.SIGKILL)
        process.wait()


@contextmanager
def half_restored(state: Path) -> Iterator[None]:
    """No process starts from such a state, and none takes long to find that out."""
    mark.leave(state, "backup.age")
    try:
        yield
    finally:
        mark.lift(state)


def supervisor_of(running: Stack) -> int:
    (found,) = processes_of(running.state, "supervisord")
    return found


def test_killed_processes_come_back_and_one_that_cannot_ends_the_demo(
    prepared: dict[str, str],
) -> None:
    """Its workers go with it: none keeps the port from the one that replaces it.

    What they are forks of has nothing of theirs. The others do not go on without one that would
    not start; the log to read is told.
    """
    with started(prepared) as running:
        supervisor = supervisor_of(running)
        of_each = {
            name: processes_of(running.state, f"guichet {PROCESSES[name]}") for name in KILLED
        }
        everybody = set().union(*of_each.values())
        assert opened_by(supervisor) & DATA == set()
        assert len(list(Path(f"/proc/{supervisor}/task").iterdir())) == 1
        for name, found in of_each.items():
            (main,) = (p for p in found if parent_of(p) == supervisor)
            os.kill(main, signal.SIGKILL)
            assert within(lambda gone=found: not gone & processes_of(running.state)), name
        for name in KILLED:
            words = f"guichet {PROCESSES[name]}"
            assert within(lambda w=words: bool(processes_of(running.state, w) - everybody)), name
        assert within(lambda: busy_ports(prepared) == [*PORTS])
        assert within(lambda: kit_stack.is_ready(running))
        with half_restored(running.state):
            found = processes_of(running.state, "guichet publisher")
            (publisher,) = (process for process in found if parent_of(process) == supervisor)
            os.kill(publisher, signal.SIGKILL)
            assert running.process.wait(WITHIN_S) == 1
        assert leaves_nothing(prepared)
        said = (running.state / "output.log").read_text()
        assert "publisher would not start" in said
        assert str(running.state / "log" / "publisher.log") in said.replace("\n", "")
    report = running.guichet("journal", "verify")
    assert report.returncode == 0, report.stdout
    assert "whole" in report.stdout


def test_a_closed_terminal_stops_everything(prepared: dict[str, str]) -> None:
    """SIGHUP; whatever is said afterwards goes to a terminal that is no more."""
    state = Path(prepared["GUICHET_STATE"])
    ours, theirs = pty.openpty()
    beginning = ["setsid", "--ctty", "env", "--default-signal=HUP,INT"]
    process = subprocess.Popen(
        [*beginning, *kit_stack.DEMO, "responder", "clerk"],
        env=prepared,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        said = b""
        while b"est ouvert" not in said:
            said += os.read(ours, 4096)
        assert within(lambda: busy_ports(prepared) == ["PKI_PORT"])
        assert within(lambda: bool(processes_of(state, "guichet worker")))
        os.close(ours)
        process.wait(kit_stack.STOP_S)
        assert leaves_nothing(prepared)
    finally:
        kill_all(state, process)


@pytest.mark.parametrize("victim", ["the foreground", "the supervisor"])
def test_what_holds_the_others_is_killed(prepared: dict[str, str], victim: str) -> None:
    """SIGKILL cannot be caught: the kernel tells the processes below; two of them will do."""
    state = Path(prepared["GUICHET_STATE"])
    process = subprocess.Popen([sys.executable, "-c", TWO_OF_THEM, str(state)], env=prepared)
    try:
        assert within(lambda: busy_ports(prepared) == ["PKI_PORT"])
        assert within(lambda: bool(processes_of(state, "guichet worker")))
        (supervisor,) = processes_of(state, "supervisord")
        chosen = process.pid if victim == "the foreground" else supervisor
        os.kill(chosen, signal.SIGKILL)
        process.wait(kit_stack.STOP_S)
        assert leaves_nothing(prepared)
    finally:
        kill_all(state, process)


@contextmanager
def told_to_stop(prepared: dict[str, str], process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """SIGTERM after the block: it ends well and leaves nothing."""
    try:
        yield
        process.send_signal(signal.SIGTERM)
        assert process.wait(kit_stack.STOP_S) == 0
        assert leaves_nothing(prepared)
    finally:
        kill_all(Path(prepared["GUICHET_STATE"]), process)


def test_told_to_stop_before_anything_is_started(prepared: dict[str, str]) -> None:
    """SIGTERM while what the processes share is imported: none of them is started."""
    state = Path(prepared["GUICHET_STATE"])
    process = subprocess.Popen([sys.executable, "-c", TWO_OF_THEM, str(state)], env=prepared)
    with told_to_stop(prepared, process):
        assert within(lambda: bool(processes_of(state, "supervisord")))


def test_told_to_stop_while_it_starts(prepared: dict[str, str]) -> None:
    """SIGTERM before the demo is ready: what was started stops too; two of them will do."""
    state = Path(prepared["GUICHET_STATE"])
    with (state / "output.log").open("ab") as log:
        command = [*kit_stack.DEMO, "portal", "responder"]
        process = subprocess.Popen(command, env=prepared, stdout=log, stderr=log)
    with told_to_stop(prepared, process):
        assert within(lambda: bool(processes_of(state, "guichet serve portal")))
        assert within(lambda: bool(processes_of(state, "guichet validation")))

"""How a process that works until it is told to stop ends: by a signal, or by a fault."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from typer.testing import CliRunner, Result

from guichet.authority.custody import StrangeKeysError
from guichet.cli import app
from guichet.processes import clerk, copying, hardening, publisher, signer
from guichet.validation.copies.refusals import PlaceError

PROCESSES = {"worker": clerk, "publisher": publisher, "signer": signer, "copy": copying}
ENDED = "the process was at work, and is ended by a fault"
FAULTS = [
    PermissionError(13, "Permission denied", "/var/lib/guichet/published"),
    OSError(28, "No space left on device"),
    OperationalError("the connection is closed"),
]


@pytest.fixture(autouse=True)
def _signals(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Those of the tests are put back; the process of the tests hardens nothing of its own."""
    monkeypatch.setattr(hardening, "harden", lambda *_: None)
    (tmp_path / "run").mkdir()
    monkeypatch.setenv("GUICHET_STATE", str(tmp_path))
    monkeypatch.setenv("GUICHET_LOG_FORMAT", "json")
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Exception, int], Result]:
    """Has a process ended by a fault at one of its turns; at none, it never began."""

    def run(verb: str, fault: Exception, turns: int) -> Result:
        def work(*given: Any) -> None:
            stop: threading.Event = given[-1]
            stop.is_set()  # as who waits for a lock, then takes it
            for _ in range(turns):
                stop.is_set()
            raise fault

        monkeypatch.setattr(PROCESSES[verb], "run", work)
        return CliRunner().invoke(app, [verb])

    return run


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("verb", PROCESSES)
def test_what_ends_a_process_at_work_is_found_in_its_log(
    verb: str, fault: Exception, ends: Callable[[str, Exception, int], Result]
) -> None:
    """With the trace: a sentence alone tells nobody where, the morning after."""
    done = ends(verb, fault, 1)
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    written = json.loads(line)
    assert (written["level"], written["event"]) == ("critical", ENDED)
    assert "Traceback" in written["exception"]
    assert type(fault).__name__ in written["exception"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("verb", PROCESSES)
def test_what_keeps_a_process_from_its_work_is_told_in_a_sentence(
    verb: str, fault: Exception, ends: Callable[[str, Exception, int], Result]
) -> None:
    done = ends(verb, fault, 0)
    assert (done.exit_code, done.stdout) == (1, "")
    assert str(fault.args[-1]) in done.stderr
    assert ENDED not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("verb", "fault", "code"),
    [("signer", StrangeKeysError("not ours"), os.EX_CONFIG), ("copy", PlaceError("s3 lacks"), 1)],
)
def test_what_an_operator_must_mend_is_told_whenever(
    verb: str,
    fault: Exception,
    code: int,
    ends: Callable[[str, Exception, int], Result],
) -> None:
    """The signer waits for its keys before it knows them for another's."""
    done = ends(verb, fault, 1)
    assert (done.exit_code, done.stderr) == (code, f"{fault}\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_well(number: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[bool] = []

    def work(stop: threading.Event) -> None:
        turns.append(stop.is_set())
        signal.raise_signal(number)
        turns.append(stop.wait(60))
        turns.append(stop.is_set())

    monkeypatch.setattr(clerk, "run", work)
    assert CliRunner().invoke(app, ["worker"]).exit_code == 0
    assert turns == [False, True, True]


def test_a_process_that_only_pauses_is_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(stop: threading.Event) -> None:
        stop.wait(0)
        raise OSError("gone")

    monkeypatch.setattr(clerk, "run", work)
    done = CliRunner().invoke(app, ["worker"])
    assert (done.exit_code, json.loads(done.stderr)["event"]) == (1, ENDED)

"""The publisher's rounds: each step once, whatever happens to the others."""

import logging
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from apps.conftest import NOW
from guichet.processes import publisher
from guichet.processes.publisher import make_a_round, run
from guichet.processes.seldom import Patient
from guichet.validation import exclusive as exclusive_module
from guichet.validation.exclusive import exclusive


@pytest.fixture(autouse=True)
def _connections_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher, "close_old_connections", lambda: None)


def test_a_step_that_fails_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """Told in the log, by its name; whether there was work is what the others say."""

    def publish(_: datetime) -> int:
        raise OSError("no space left")

    seen: list[datetime] = []
    assert make_a_round((publish, lambda at: seen.append(at) or 3), NOW)
    assert not make_a_round((publish, lambda _: 0), NOW)
    assert seen == [NOW]
    assert "the publisher's step publish failed" in caplog.text
    assert "no space left" in caplog.text


def at_once(step: Any) -> Patient:
    """As the publisher's steps are, without their rest; a double has no name."""
    return Patient(step if hasattr(step, "__name__") else Mock(__name__="double"), timedelta(0))


def test_no_room_for_a_sign_of_life_ends_no_publication(
    settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk, a folder that is closed: told once, and the rounds go on."""
    stop, made = threading.Event(), []

    def full(_name: str) -> None:
        made.append(1)
        if len(made) == 3:
            stop.set()
        raise OSError("no space left")

    monkeypatch.setattr(publisher, "beat", full)
    monkeypatch.setattr(publisher, "IDLE_SECONDS", 0)
    monkeypatch.setattr(publisher, "Patient", at_once)
    monkeypatch.setattr(publisher, "Stillness", lambda _looks: Mock())
    monkeypatch.setattr(publisher, "make_a_round", lambda *_: False)
    publisher._make_rounds(Mock(), stop)
    assert [record.message for record in caplog.records] == [
        "the step live failed; it goes on being tried"
    ]


def test_it_waits_for_the_other_and_takes_over(
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One at a time; the wait is told once."""
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    monkeypatch.setattr(exclusive_module, "STANDBY_SECONDS", 0.01)
    at_work = threading.Event()
    monkeypatch.setattr(publisher, "_publish", lambda stop: (at_work.set(), stop.wait()))
    stop = threading.Event()
    waiting = threading.Thread(target=run, args=(stop,))
    with caplog.at_level(logging.WARNING), exclusive(settings.GUICHET.published):
        waiting.start()
        assert not at_work.wait(0.1)
    try:
        assert at_work.wait(10)
    finally:
        stop.set()
        waiting.join(10)
    assert caplog.text.count("standing by") == 1

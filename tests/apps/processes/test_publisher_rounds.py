"""The publisher's rounds: each step once, whatever happens to the others."""

import logging
import threading
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from apps.conftest import NOW
from guichet.processes import publisher
from guichet.processes.publisher import make_a_round, run
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

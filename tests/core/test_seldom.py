"""Steps that run at most once a period, or rest after a fault."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from guichet.processes.seldom import REST, Patient, Seldom

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_step_rests_for_its_period() -> None:
    """It runs at once, then not before the period is over."""
    runs: list[datetime] = []
    step = Seldom(runs.append, MINUTE)
    for seconds in (0, 30, 59, 60, 61, 119, 120):
        step(NOW + timedelta(seconds=seconds))
    assert runs == [NOW, NOW + MINUTE, NOW + 2 * MINUTE]
    assert step.__name__ == "append"


def test_a_step_that_fails_is_tried_again_at_once() -> None:
    """Its rest begins when it has succeeded."""
    tries: list[datetime] = []

    def fragile(at: datetime) -> None:
        tries.append(at)
        if len(tries) == 1:
            raise ValueError

    step = Seldom(fragile, MINUTE)
    with pytest.raises(ValueError):  # noqa: PT011 the fault is ours
        step(NOW)
    step(NOW)
    step(NOW)
    assert len(tries) == 2


def test_a_clock_that_goes_back() -> None:
    """The step is not kept away until the clock is where it was."""
    runs: list[datetime] = []
    step = Seldom(runs.append, MINUTE)
    for at in (NOW, NOW - timedelta(hours=1), NOW - timedelta(hours=1) + MINUTE / 2):
        step(at)
    assert runs == [NOW, NOW - timedelta(hours=1)]


@pytest.mark.parametrize("rest", [REST, MINUTE])
def test_a_step_that_rests_after_a_fault(caplog: pytest.LogCaptureFixture, rest: timedelta) -> None:
    """Its caller goes on; the same fault is told once, and its end."""
    tries: list[datetime] = []

    def fragile(at: datetime) -> int:
        tries.append(at)
        if len(tries) < 3:
            raise ConnectionError("no database")
        return 7

    step = Patient(fragile, rest)
    assert step.__name__ == "fragile"
    with caplog.at_level(logging.WARNING):
        said = [step(NOW + rest * n / 2) for n in range(5)]
    assert said == [None, None, None, None, 7]
    assert tries == [NOW, NOW + rest, NOW + 2 * rest]
    told = [record.getMessage() for record in caplog.records]
    assert [text.partition("fragile")[2] for text in told] == [
        " failed; it goes on being tried",
        " works again",
    ]

"""Steps of the clerk that run at most once a period."""

from datetime import UTC, datetime, timedelta

import pytest

from guichet.processes.seldom import Seldom

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

"""When the next try is taken, after so many within a time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.domain.tries import seconds_to_wait

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("minutes", "most", "wait"),
    [
        ((), 1, 0),
        ((10,), 2, 0),
        ((10, 20), 2, 2400),
        ((10, 20, 50), 2, 2400),
        ((), 0, 3600),
    ],
)
def test_the_wait_is_that_of_the_oldest_that_counts(
    minutes: tuple[int, ...], most: int, wait: int
) -> None:
    latest = [AT - timedelta(minutes=one) for one in minutes]
    assert seconds_to_wait(latest, most, HOUR, AT) == wait


@given(st.lists(st.timedeltas(timedelta(0), HOUR - timedelta(microseconds=1)), max_size=9))
def test_after_the_wait_one_counts_no_more(ages: list[timedelta]) -> None:
    """And one second before, all of them still do."""
    latest = sorted((AT - age for age in ages), reverse=True)
    most = max(len(latest), 1)
    wait = timedelta(seconds=seconds_to_wait(latest, most, HOUR, AT))
    if len(latest) < most:
        assert not wait
    else:
        assert latest[-1] + HOUR <= AT + wait
        assert latest[-1] + HOUR > AT + wait - timedelta(seconds=1)

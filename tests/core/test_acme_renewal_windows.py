"""When ACME clients are told to renew a certificate (RFC 9773)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from guichet.domain.acme.renewal_windows import Life, window

HOUR = dt.timedelta(hours=1)
START_OF_LIFE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("days", "opens_before", "start", "end", "hours"),
    [
        (1095, 90, 1005, 1035, 6),
        (90, 90, 60, 70, 6),
        (9, 90, 6, 7, 6),
        (3, 3, 2, 2 + 1 / 3, 2.4),
        (1095, 2000, 730, 730 + 365 / 3, 6),
    ],
)
def test_renewal_windows(
    days: float, opens_before: float, start: float, end: float, hours: float
) -> None:
    """The last third, not before renewals open; two thirds of what is left to try again."""
    life = Life(
        not_before=START_OF_LIFE,
        not_after=START_OF_LIFE + dt.timedelta(days=days),
        opens_before=dt.timedelta(days=opens_before),
    )
    found = window(life, START_OF_LIFE)
    assert found.start == START_OF_LIFE + dt.timedelta(days=start)
    assert abs(found.end - START_OF_LIFE - dt.timedelta(days=end)) < dt.timedelta(seconds=1)
    assert (found.is_urgent, found.ask_again) == (False, dt.timedelta(hours=hours))
    for broken in (replace(life, is_recalled=True), replace(life, is_revoked=True)):
        now = window(broken, START_OF_LIFE)
        assert (START_OF_LIFE - now.start, now.end - now.start) == (HOUR, HOUR / 2)
        assert (now.is_urgent, now.ask_again) == (True, HOUR)

"""Calendar months: the same day of another, or the last of a shorter one."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from guichet.domain.months import first_days, months_after

INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(INSTANTS, st.integers(-200, 400))
def test_months_keep_the_day_or_the_last_one(at: datetime, months: int) -> None:
    """The 31st and the 29th of February become the month's last day; the time stays."""
    after = months_after(at, months)
    assert (after.year * 12 + after.month) - (at.year * 12 + at.month) == months
    assert after.day == at.day or (after + timedelta(days=1)).day == 1
    assert after.timetz() == at.timetz()


def test_four_months_from_a_day() -> None:
    """CRPA L.242-1: the same day, or the last of a shorter month."""
    assert months_after(date(2026, 10, 31), 4) == date(2027, 2, 28)
    assert months_after(date(2027, 10, 31), 4) == date(2028, 2, 29)
    assert months_after(date(2026, 5, 31), 4) == date(2026, 9, 30)
    assert months_after(date(2026, 8, 24), 4) == date(2026, 12, 24)


def test_months_in_a_row_begin_on_their_first_day() -> None:
    """Whatever the day: before it, or from it on, across the end of a year."""
    end = [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    assert list(first_days(date(2026, 2, 28), -2, 3)) == end
    assert list(first_days(date(2025, 12, 31), 0, 3)) == end

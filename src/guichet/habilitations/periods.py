"""The days that people read of a period whose end is an instant."""

from datetime import UTC, date, datetime, timedelta


def last_day(ends_at: datetime | None) -> date | None:
    """The last day of a period that ends at this instant: a card's, or a delegation's.

    A card ends at midnight UTC after its last day, a delegation at midnight in Paris after its
    own: one second before either, it is the last day in UTC.
    """
    return (ends_at - timedelta(seconds=1)).astimezone(UTC).date() if ends_at else None

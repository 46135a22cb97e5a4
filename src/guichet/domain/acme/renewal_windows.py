"""When a client had better renew: by the end of a certificate, or by an incident (RFC 9773)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A product's life: renewals open `opens_before` its end, at once when it is recalled."""

    not_before: datetime
    not_after: datetime
    opens_before: timedelta
    is_recalled: bool = False
    is_revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Clients take an instant in it at random; an instant that is past means now.

    `is_urgent`: because of an incident or a revocation, not of the end. `ask_again` is how long an
    answer may be believed.
    """

    start: datetime
    end: datetime
    is_urgent: bool
    ask_again: timedelta


def window(life: Life, at: datetime) -> Window:
    """The window of a certificate at this instant.

    Usually it opens with the last third of the life, though not before renewals do, and ends when
    a third of what was then left is over: two thirds remain to try again. A product recalled or
    revoked is to be renewed now.
    """
    if life.is_recalled or life.is_revoked:
        start = at - HOUR
        return Window(start=start, end=start + HOUR / 2, is_urgent=True, ask_again=HOUR)
    third = (life.not_after - life.not_before) / 3
    start = max(life.not_before, life.not_after - min(third, life.opens_before))
    end = start + (life.not_after - start) / 3
    return Window(start=start, end=end, is_urgent=False, ask_again=_patience(life))


def _patience(life: Life) -> timedelta:
    """Six hours, less for a short life: an incident must be heard of in time."""
    return min(6 * HOUR, max((life.not_after - life.not_before) / 30, timedelta(minutes=1)))

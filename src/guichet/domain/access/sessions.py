"""How long a login lasts: shorter for who works at the counter (OWASP ASVS 5, 7.3)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from guichet.domain.duties import STAFF

FRESH: Final = timedelta(minutes=10)
"""A sensitive act wants a proof of identity that is no older."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a session ends: after being idle for so long, and at most so long after its login."""

    idle: timedelta
    at_most: timedelta


PEOPLE: Final = Limits(timedelta(minutes=30), timedelta(hours=12))


def limits_of(roles: Collection[str], staff: Limits) -> Limits:
    """The limits of a session in which these roles are in effect."""
    return PEOPLE if STAFF.isdisjoint(roles) else staff


def is_fresh(proved_at: datetime | None, at: datetime, within: timedelta = FRESH) -> bool:
    """Whether the person proved who they are a short while ago."""
    return proved_at is not None and at - proved_at < within

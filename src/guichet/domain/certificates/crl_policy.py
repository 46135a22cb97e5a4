"""When lists are issued, how they are numbered, what they add to (RFC 5280 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

CLOCKS_APART: Final = timedelta(minutes=5)


class CrlKind(StrEnum):
    """A complete list, or what changed since a complete one."""

    FULL = "full"
    DELTA = "delta"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlPolicy:
    """How long lists are valid, and after how long they are issued again though nothing changed.

    A complete list of up to `prompt` entries is issued at each change; a longer one at most once in
    `rebuild`, the delta telling the change at once. A delta that long itself, in an incident, waits
    `breath`. Raises ValueError when a list could end before it is replaced.
    """

    validity: timedelta
    interval: timedelta
    delta_validity: timedelta
    delta_interval: timedelta
    prompt: int = 20_000
    rebuild: timedelta = timedelta(minutes=5)
    breath: timedelta = timedelta(seconds=10)

    def __post_init__(self) -> None:
        if not timedelta(0) < self.interval < self.validity:
            raise ValueError("a CRL is replaced before it ends")
        if not timedelta(0) < self.delta_interval < self.delta_validity:
            raise ValueError("a delta is replaced before it ends")
        if not timedelta(0) <= self.rebuild < self.interval:
            raise ValueError("a complete CRL tells a change before it is replaced anyhow")

    def validity_of(self, kind: CrlKind) -> timedelta:
        """How long a list of this kind is valid."""
        return self.validity if kind is CrlKind.FULL else self.delta_validity


_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
ROOT: Final = CrlPolicy(
    validity=45 * _DAY, interval=30 * _DAY, delta_validity=45 * _DAY, delta_interval=30 * _DAY
)
# A root that is offline is fetched from its safe twice a year.
OFFLINE: Final = CrlPolicy(
    validity=270 * _DAY, interval=180 * _DAY, delta_validity=270 * _DAY, delta_interval=180 * _DAY
)
ISSUING: Final = CrlPolicy(
    validity=7 * _DAY, interval=_DAY, delta_validity=_DAY, delta_interval=6 * _HOUR
)
DEMO: Final = CrlPolicy(
    validity=_DAY, interval=_HOUR, delta_validity=6 * _HOUR, delta_interval=_HOUR
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedList:
    """A list that was issued: it covers the first `covers` revocations of its authority."""

    number: int
    covers: int
    this_update: datetime
    next_update: datetime
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a scope stands: its last lists, the rank of its last revocation, the floor."""

    full: IssuedList | None
    delta: IssuedList | None
    changed: int
    floor: int

    @property
    def number(self) -> int:
        """The last number given; 0 before the first."""
        return max((found.number for found in (self.full, self.delta) if found), default=0)


def due(policy: CrlPolicy, standing: Standing, at: datetime) -> tuple[CrlKind, ...]:
    """The kinds of list to issue now: nothing, a delta, or both with one number (5.2.4)."""
    full, delta = standing.full, standing.delta
    if full is None or delta is None or standing.floor >= standing.number:
        return (CrlKind.FULL, CrlKind.DELTA)
    age = at - full.this_update
    if age >= policy.interval or _is_ahead(full, at) or full.next_update <= at:
        return (CrlKind.FULL, CrlKind.DELTA)
    waiting = standing.changed - full.covers
    if waiting > 0 and (full.entries + waiting <= policy.prompt or age >= policy.rebuild):
        return (CrlKind.FULL, CrlKind.DELTA)
    return (CrlKind.DELTA,) if _is_delta_due(policy, delta, standing.changed, at) else ()


def _is_delta_due(policy: CrlPolicy, delta: IssuedList, changed: int, at: datetime) -> bool:
    age = at - delta.this_update
    if age >= policy.delta_interval or _is_ahead(delta, at):
        return True
    is_short = delta.entries + changed - delta.covers <= policy.prompt
    return changed > delta.covers and (is_short or age >= policy.breath)


def _is_ahead(found: IssuedList, at: datetime) -> bool:
    """Issued by a clock that was wrong: nobody relies on it before its time."""
    return found.this_update - at > CLOCKS_APART


def next_number(standing: Standing, at: datetime) -> int:
    """Milliseconds since 1970, or one more than what was given or seen: it never goes back."""
    return max(standing.number + 1, standing.floor + 1, int(at.timestamp() * 1000))


def base_of(fulls: Sequence[IssuedList], at: datetime) -> IssuedList | None:
    """The oldest complete list still valid: whoever holds any valid one may add the delta to it."""
    valid = [found for found in fulls if found.next_update > at]
    return min(valid, key=lambda found: found.number, default=None)

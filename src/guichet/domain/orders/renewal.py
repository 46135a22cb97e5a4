"""When a product may be renewed, by whom its end is told, and when: rules without a clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from guichet.domain.orders.states import OrderState
from guichet.domain.refusals import Code, Refusal

# Orders that may still give a product, or gave one: the others leave their product to be renewed.
PENDING: Final = frozenset({OrderState.SUBMITTED, OrderState.ISSUING, OrderState.AVAILABLE})
ALIVE: Final = PENDING | {OrderState.WITHDRAWN}


class RenewalState(StrEnum):
    """What can be done about the end of a product."""

    NOT_YET = "not-yet"
    OPEN = "open"
    PENDING = "pending"  # asked, not withdrawn yet
    DONE = "done"  # its successor is withdrawn
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heir:
    """The order that renews a product. `product` is its own number, None before withdrawal."""

    order: int
    state: OrderState
    product: int | None = None
    is_revoked: bool = False

    @property
    def is_pending(self) -> bool:
        """Whether it may still be withdrawn."""
        return self.state in PENDING

    @property
    def is_alive(self) -> bool:
        """Whether it stands in the way of another renewal."""
        return self.state in ALIVE and not self.is_revoked


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewable:
    """What the rules read of a product; `heir` is the renewal that counts, if there is one."""

    not_before: datetime
    not_after: datetime
    is_revoked: bool
    heir: Heir | None = None

    def opens_at(self, before: timedelta) -> datetime:
        """From when it may be renewed: `before` its end, never before its beginning."""
        return max(self.not_before, self.not_after - before)

    def state(self, before: timedelta, at: datetime) -> RenewalState:
        """Where its renewal stands; `before` is how long before the end renewals open."""
        if self.heir is not None and self.heir.is_alive:
            return RenewalState.PENDING if self.heir.is_pending else RenewalState.DONE
        if self.is_revoked:
            return RenewalState.REVOKED
        if at >= self.not_after:
            return RenewalState.EXPIRED
        return RenewalState.OPEN if at >= self.opens_at(before) else RenewalState.NOT_YET

    def admit(self, before: timedelta, at: datetime) -> None:
        """Return when a renewal may be placed now.

        Raises Refusal: RENEWAL_PENDING (fact "order"), RENEWAL_NOT_OPEN
        (fact "opens_on", ISO 8601), RENEWAL_TOO_LATE (expired), RENEWAL_REVOKED.
        """
        found = self.state(before, at)
        if found in {RenewalState.PENDING, RenewalState.DONE} and self.heir is not None:
            raise Refusal(Code.RENEWAL_PENDING, order=self.heir.order)
        if found is RenewalState.REVOKED:
            raise Refusal(Code.RENEWAL_REVOKED)
        if found is RenewalState.EXPIRED:
            raise Refusal(Code.RENEWAL_TOO_LATE, expired_on=self.not_after.date().isoformat())
        if found is RenewalState.NOT_YET:
            opens = self.opens_at(before)
            raise Refusal(Code.RENEWAL_NOT_OPEN, opens_on=opens.date().isoformat())


def heir_of(found: Iterable[Heir]) -> Heir | None:
    """The renewal that counts among those ever asked of a product: the last one alive."""
    alive = [heir for heir in found if heir.is_alive]
    return max(alive, key=lambda heir: heir.order, default=None)


def step_reached(steps: Sequence[int], not_after: datetime, at: datetime) -> int | None:
    """The reminder due now, in days before the end: the nearest of `steps` that was reached.

    None when it is too early, and once it is over. Somebody late is told once, of what is left.
    """
    left = not_after - at
    if left <= timedelta(0):
        return None
    return min((step for step in steps if left <= timedelta(days=step)), default=None)


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody to tell: bounced is a mailbox that refuses, left is somebody who unsubscribed."""

    email: str
    bounced: bool = False
    left: bool = False

    @property
    def is_told(self) -> bool:
        """Whether reminders reach this person."""
        return not (self.bounced or self.left)


def tells_representatives(
    people: Sequence[Reachable], *, days: int, escalates_at: int, is_pending: bool
) -> bool:
    """Whether the representatives are told too: a mailbox refuses, nobody is left, or nobody acts.

    `days` before the end; nobody acts when no renewal is under way at `escalates_at` days.
    """
    is_deaf = any(person.bounced and not person.left for person in people)
    is_late = days <= escalates_at and not is_pending
    return is_deaf or is_late or not any(person.is_told for person in people)


def may_leave(email: str, people: Iterable[Reachable]) -> bool:
    """Whether somebody may unsubscribe: one other recipient is reached."""
    return any(person.is_told for person in people if person.email != email)

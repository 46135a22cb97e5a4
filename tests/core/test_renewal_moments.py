"""When a product may be renewed, when its end is told, and to whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from guichet.domain.orders.renewal import (
    Heir,
    Reachable,
    Renewable,
    RenewalState,
    heir_of,
    may_leave,
    step_reached,
    tells_representatives,
)
from guichet.domain.orders.states import (
    OrderState,
)
from guichet.domain.refusals import Code, Refusal

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
ENDS = AT + timedelta(days=365)
PRODUCT = Renewable(not_before=AT, not_after=ENDS, is_revoked=False)
BEFORE = timedelta(days=90)
OPENS = ENDS - BEFORE


def heir(state: OrderState, order: int = 7, *, is_revoked: bool = False) -> Heir:
    return Heir(order=order, state=state, is_revoked=is_revoked)


@pytest.mark.parametrize(
    ("product", "at", "state", "code", "facts"),
    [
        (PRODUCT, OPENS, RenewalState.OPEN, None, {}),
        (PRODUCT, ENDS - TICK, RenewalState.OPEN, None, {}),
        (
            PRODUCT,
            OPENS - TICK,
            RenewalState.NOT_YET,
            Code.RENEWAL_NOT_OPEN,
            {"opens_on": OPENS.date().isoformat()},
        ),
        (
            PRODUCT,
            ENDS,
            RenewalState.EXPIRED,
            Code.RENEWAL_TOO_LATE,
            {"expired_on": ENDS.date().isoformat()},
        ),
        (replace(PRODUCT, is_revoked=True), OPENS, RenewalState.REVOKED, Code.RENEWAL_REVOKED, {}),
        (
            replace(PRODUCT, heir=heir(OrderState.AVAILABLE)),
            OPENS,
            RenewalState.PENDING,
            Code.RENEWAL_PENDING,
            {"order": 7},
        ),
        (
            replace(PRODUCT, heir=heir(OrderState.WITHDRAWN)),
            OPENS,
            RenewalState.DONE,
            Code.RENEWAL_PENDING,
            {"order": 7},
        ),
        (replace(PRODUCT, heir=heir(OrderState.CANCELLED)), OPENS, RenewalState.OPEN, None, {}),
        (
            replace(PRODUCT, heir=heir(OrderState.WITHDRAWN, is_revoked=True)),
            OPENS,
            RenewalState.OPEN,
            None,
            {},
        ),
    ],
)
def test_a_renewal_is_admitted_where_its_state_says(
    product: Renewable,
    at: datetime,
    state: RenewalState,
    code: Code | None,
    facts: dict[str, object],
) -> None:
    assert product.state(BEFORE, at) is state
    if code is None:
        product.admit(BEFORE, at)
        return
    with pytest.raises(Refusal) as refusal:
        product.admit(BEFORE, at)
    assert (refusal.value.code, dict(refusal.value.facts)) == (code, facts)


def test_the_last_renewal_alive_counts() -> None:
    found = [heir(OrderState.AVAILABLE, n) for n in (8, 9, 7)]
    assert heir_of([*found, heir(OrderState.CANCELLED, 10)]) == found[1]
    assert heir_of([]) is None


@pytest.mark.parametrize(
    ("left", "step"),
    [
        (timedelta(days=30), 30),
        (timedelta(days=30) + TICK, 90),
        (timedelta(days=1), 1),
        (TICK, 1),
        (timedelta(0), None),
        (timedelta(days=90) + TICK, None),
    ],
)
def test_the_nearest_reminder_is_due(left: timedelta, step: int | None) -> None:
    assert step_reached((90, 30, 1), ENDS, ENDS - left) == step


TOLD, BOUNCED, LEFT = Reachable("a"), Reachable("b", bounced=True), Reachable("c", left=True)
BOTH = Reachable("d", bounced=True, left=True)


@pytest.mark.parametrize(
    ("people", "days", "is_pending", "told"),
    [
        ([TOLD], 16, False, False),
        ([TOLD], 15, False, True),
        ([TOLD], 15, True, False),
        ([TOLD], 30, True, False),
        ([TOLD, BOUNCED], 30, True, True),
        ([TOLD, LEFT], 30, True, False),
        ([TOLD, BOTH], 30, True, False),
        ([LEFT], 30, True, True),
        ([], 30, True, True),
    ],
)
def test_representatives_are_told_where_nobody_else_acts(
    people: list[Reachable], days: int, *, is_pending: bool, told: bool
) -> None:
    found = tells_representatives(people, days=days, escalates_at=15, is_pending=is_pending)
    assert found == told
    assert may_leave("a", people) == any(who is TOLD for who in people if who.email != "a")

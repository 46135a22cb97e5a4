"""When renewals open, which reminder is due, who is told: over every instant."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.domain.orders.renewal import (
    ALIVE,
    Heir,
    Reachable,
    Renewable,
    RenewalState,
    heir_of,
    may_leave,
    step_reached,
    tells_representatives,
)
from guichet.domain.orders.states import OrderState
from guichet.domain.refusals import Code, Refusal

START = datetime(2026, 1, 1, tzinfo=UTC)
END = START + timedelta(days=1096)
STEPS = (90, 60, 30, 15, 7, 1)
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 bounds are naive
DAYS = st.timedeltas(timedelta(days=1), timedelta(days=1500))
PEOPLE = st.lists(
    st.builds(Reachable, st.sampled_from("abcd"), bounced=st.booleans(), left=st.booleans()),
    unique_by=lambda who: who.email,
)


def product(heir: Heir | None = None, *, revoked: bool = False) -> Renewable:
    return Renewable(not_before=START, not_after=END, is_revoked=revoked, heir=heir)


@given(at=INSTANTS, before=DAYS)
def test_a_renewal_is_open_from_its_opening_to_the_end(at: datetime, before: timedelta) -> None:
    """Half-open, never before the certificate itself begins."""
    found = product().state(before, at)
    assert (found is RenewalState.OPEN) == (product().opens_at(before) <= at < END)
    assert product().opens_at(before) >= START
    if found is not RenewalState.OPEN:
        with pytest.raises(Refusal) as refused:
            product().admit(before, at)
        late = at >= END
        assert refused.value.code is (Code.RENEWAL_TOO_LATE if late else Code.RENEWAL_NOT_OPEN)


@given(state=st.sampled_from(OrderState), revoked=st.booleans())
def test_a_second_renewal_waits_for_the_first(state: OrderState, revoked: bool) -> None:
    """Unless it ended without a product, or its product was revoked."""
    heir = heir_of([Heir(order=7, state=state, product=8, is_revoked=revoked)])
    at = END - timedelta(days=10)
    stands = state in ALIVE and not revoked
    assert (heir is not None) == stands
    if stands:
        with pytest.raises(Refusal) as refused:
            product(heir).admit(timedelta(days=90), at)
        assert refused.value.facts == {"order": 7}
    else:
        product(heir).admit(timedelta(days=90), at)


def test_a_revoked_product_is_not_renewed() -> None:
    """Also while it would be open."""
    with pytest.raises(Refusal) as refused:
        product(revoked=True).admit(timedelta(days=90), END - timedelta(days=10))
    assert refused.value.code is Code.RENEWAL_REVOKED


@given(at=INSTANTS, later=st.timedeltas(timedelta(0), timedelta(days=800)))
def test_steps_only_come_nearer(at: datetime, later: timedelta) -> None:
    """One step at an instant: the smallest that holds what is left; it never grows again."""
    first, second = step_reached(STEPS, END, at), step_reached(STEPS, END, at + later)
    if first is not None:
        assert timedelta(0) < END - at <= timedelta(days=first)
        assert all(END - at > timedelta(days=step) for step in STEPS if step < first)
        assert second is None or second <= first
    else:
        assert at >= END or END - at > timedelta(days=max(STEPS))


@given(people=PEOPLE, days=st.sampled_from(STEPS), pending=st.booleans())
def test_somebody_is_always_told(people: list[Reachable], days: int, pending: bool) -> None:
    """A contact, or the representatives; who leaves leaves somebody."""
    told = tells_representatives(people, days=days, escalates_at=15, is_pending=pending)
    reached = [who for who in people if who.is_told]
    assert told or reached
    assert told or pending or days > 15
    for who in people:
        if may_leave(who.email, people):
            assert any(other.is_told for other in people if other.email != who.email)

"""The tables of ACME's objects against the diagrams of RFC 8555 §7.1.6."""

import pytest

from guichet.domain.acme import states
from guichet.domain.acme.states import AccountStatus, AuthorizationStatus, ChallengeStatus
from guichet.domain.acme.states import OrderStatus as O
from guichet.domain.machine import Machine

FINAL = {
    "ACCOUNTS": {AccountStatus.DEACTIVATED},
    "CHALLENGES": {ChallengeStatus.VALID, ChallengeStatus.INVALID},
    "AUTHORIZATIONS": {
        AuthorizationStatus.INVALID,
        AuthorizationStatus.DEACTIVATED,
        AuthorizationStatus.EXPIRED,
    },
    "ORDERS": {O.VALID, O.INVALID},
}


@pytest.mark.parametrize("name", sorted(FINAL))
def test_what_ended_stays_so(name: str) -> None:
    machine: Machine = getattr(states, name)
    origins = {state for state, _act, _reached in machine.table()}
    every = {type(state) for state in FINAL[name]}.pop()
    assert set(every) - origins == FINAL[name]


def test_an_order_goes_through_every_step() -> None:
    """No order is finalized before its name is authorized, nor valid before it is finalized."""
    reached = {(state, following) for state, _act, following in states.ORDERS.table()}
    assert reached == {
        (O.PENDING, O.READY),
        (O.READY, O.PROCESSING),
        (O.PROCESSING, O.VALID),
        (O.PENDING, O.INVALID),
        (O.READY, O.INVALID),
        (O.PROCESSING, O.INVALID),
    }

"""Every state × act of every machine: what the table holds happens, the rest is refused."""

from enum import StrEnum
from typing import Any

import pytest

from guichet.domain.certificates import states as certificates
from guichet.domain.dossier import recovery
from guichet.domain.machine import Machine
from guichet.domain.orders import states as orders
from guichet.domain.refusals import Code
from kit.refusals import assert_refused

AnyMachine = Machine[Any, Any]
MACHINES: list[tuple[AnyMachine, type[StrEnum], type[StrEnum], set[str]]] = [
    (
        certificates.CERTIFICATES,
        certificates.CertificateState,
        certificates.CertificateAct,
        {"revoked"},
    ),
    (
        certificates.SIGNINGS,
        certificates.SigningState,
        certificates.SigningAct,
        {"issued", "refused", "failed"},
    ),
    (
        orders.ORDERS,
        orders.OrderState,
        orders.OrderAct,
        {"withdrawn", "expired", "cancelled", "revoked"},
    ),
    (
        recovery.RECOVERIES,
        recovery.RecoveryState,
        recovery.RecoveryAct,
        {"done", "refused", "withdrawn", "lapsed"},
    ),
    (orders.PRODUCTS, orders.ProductState, orders.ProductAct, {"expired", "revoked"}),
]
EVERY = [
    (machine, state, act)
    for machine, states, acts, _ in MACHINES
    for state in states
    for act in acts
]


@pytest.mark.parametrize(("machine", "state", "act"), EVERY, ids=lambda v: getattr(v, "value", ""))
def test_every_state_and_act(machine: AnyMachine, state: StrEnum, act: StrEnum) -> None:
    """What is not in the table is refused, with the state and the act."""
    if (state, act) in machine.moves:
        assert machine.allows(state, act)
        assert machine.next(state, act) is machine.moves[state, act]
        assert act in machine.acts(state)
    else:
        assert not machine.allows(state, act)
        assert act not in machine.acts(state)
        with assert_refused(Code.MOVE_FORBIDDEN, state=state.value, act=act.value):
            machine.next(state, act)


@pytest.mark.parametrize(("machine", "states", "acts", "final"), MACHINES)
def test_the_final_states_are_those_meant(
    machine: AnyMachine, states: type[StrEnum], acts: type[StrEnum], final: set[str]
) -> None:
    """Every act serves, and no state is a dead end unless it is an end."""
    assert {s.value for s in states if not machine.acts(s)} == final
    assert {act for _, act, _ in machine.table()} == set(acts)
    assert len(machine.table()) == len(machine.moves)


def test_a_revocation_is_definitive() -> None:
    """No act leaves a revoked state, in any machine."""
    for machine, states, _, _ in MACHINES:
        for state in states:
            if state.value == "revoked":
                assert machine.acts(state) == frozenset()

"""Who may do what with a dossier: the whole table, standing × act × state."""

from itertools import product

import pytest

from guichet.domain.dossier.permissions import Act, Standing, acts, may
from guichet.domain.dossier.states import DECIDED, EDITABLE, DossierState

ANY = frozenset(DossierState)
DEPOSITED = ANY - {DossierState.DRAFT}
# The table, written a second time.
ALLOWED: dict[Standing, dict[Act, frozenset[DossierState]]] = {
    Standing.OWNER: {
        Act.READ: ANY,
        Act.WRITE: EDITABLE,
        Act.DEPOSIT: EDITABLE,
        Act.SHARE: EDITABLE,
        Act.DELETE: EDITABLE | DECIDED,
        Act.MESSAGE: DEPOSITED,
    },
    Standing.CO_WRITER: {Act.READ: ANY, Act.WRITE: EDITABLE, Act.MESSAGE: DEPOSITED},
    Standing.INSTRUCTOR: {
        Act.READ: ANY,
        Act.MESSAGE: DEPOSITED,
        Act.ANNOTATE: ANY,
        Act.INSTRUCT: ANY,
        Act.DECIDE: ANY,
    },
    Standing.SUPERVISOR: {
        Act.READ: ANY,
        Act.MESSAGE: DEPOSITED,
        Act.ANNOTATE: ANY,
        Act.INSTRUCT: ANY,
        Act.DECIDE: ANY,
        Act.REOPEN: ANY,
    },
    Standing.AUDITOR: {Act.READ: ANY},
}


@pytest.mark.parametrize(("standing", "act"), list(product(Standing, Act)))
def test_each_standing_and_act(standing: Standing, act: Act) -> None:
    """In every state: what the table holds is allowed, the rest is not."""
    for state in DossierState:
        expected = state in ALLOWED[standing].get(act, frozenset())
        assert may(standing, act, state) is expected
        assert (act in acts(standing, state)) is expected


@pytest.mark.parametrize("state", DossierState)
def test_a_stranger_may_nothing(state: DossierState) -> None:
    """REFUSED, in every state."""
    assert acts(None, state) == frozenset()


def test_nobody_is_on_both_sides() -> None:
    """No standing both writes and decides; only a supervisor reopens."""
    for standing in Standing:
        allowed = {act for state in DossierState for act in acts(standing, state)}
        assert not {Act.WRITE, Act.DECIDE} <= allowed
        assert (Act.REOPEN in allowed) is (standing is Standing.SUPERVISOR)

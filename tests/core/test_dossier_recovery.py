"""Taking over a colleague's dossier: what becomes of the wish, in every situation."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from guichet.domain.dossier.recovery import (
    RECOVERIES,
    RecoveryAct,
    RecoveryState,
    Situation,
    fate,
    is_proof_fresh,
)
from guichet.domain.dossier.states import DossierState

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
LIFE = timedelta(days=30)
TICK = timedelta(microseconds=1)
# docs/reference/reprise-d-un-dossier.md, written a second time: what becomes of a wish, once due.
WHEN_DUE = {
    DossierState.DRAFT: RecoveryAct.HAND_OVER,
    DossierState.FILED: RecoveryAct.HAND_OVER,
    DossierState.IN_INSTRUCTION: None,
    DossierState.ACCEPTED: RecoveryAct.LAPSE,
    DossierState.REFUSED: RecoveryAct.LAPSE,
    DossierState.CLOSED: RecoveryAct.LAPSE,
}


def test_only_what_waits_moves() -> None:
    assert RECOVERIES.acts(RecoveryState.WAITING) == set(RecoveryAct)
    assert not any(RECOVERIES.acts(s) for s in RecoveryState if s is not RecoveryState.WAITING)


@pytest.mark.parametrize("state", DossierState)
def test_a_wish_lapses_with_what_it_stood_on(state: DossierState) -> None:
    """Another owner, another employer or the bin end it at once; the time that it waits, alone."""
    for in_bin, same, works, due in product((True, False), repeat=4):
        now = Situation(state=state, is_in_bin=in_bin, has_same_owner=same, works_there=works)
        expected = WHEN_DUE[state]
        if (in_bin, same, works) != (False, True, True):
            expected = RecoveryAct.LAPSE
        elif not due and expected is RecoveryAct.HAND_OVER:
            expected = None
        assert fate(now, is_due=due) is expected


@pytest.mark.parametrize(
    ("age", "fresh"),
    [(-TICK, False), (timedelta(), True), (LIFE, True), (LIFE + TICK, False)],
)
def test_a_proof_counts_for_its_life(age: timedelta, fresh: bool) -> None:
    assert is_proof_fresh(AT - age, AT, LIFE) is fresh

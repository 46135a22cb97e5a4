"""What becomes of the wish to take a dossier over, and how long the proof behind it is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from guichet.domain.dossier.recovery import RecoveryAct, Situation, fate, is_proof_fresh
from guichet.domain.dossier.states import DossierState
from guichet.habilitations.policy import DossierPolicy

LIFE = DossierPolicy().recovery_proof_life


@pytest.mark.parametrize(
    ("changes", "is_due", "expected"),
    [
        ({}, False, None),
        ({}, True, RecoveryAct.HAND_OVER),
        ({"state": DossierState.DRAFT}, True, RecoveryAct.HAND_OVER),
        ({"state": DossierState.IN_INSTRUCTION}, True, None),
        ({"state": DossierState.ACCEPTED}, False, RecoveryAct.LAPSE),
        ({"is_in_bin": True}, True, RecoveryAct.LAPSE),
        ({"has_same_owner": False}, True, RecoveryAct.LAPSE),
        ({"works_there": False}, True, RecoveryAct.LAPSE),
    ],
)
def test_the_fate_of_a_wish(
    changes: dict[str, Any], is_due: bool, expected: RecoveryAct | None
) -> None:
    now = Situation(
        state=DossierState.FILED, is_in_bin=False, has_same_owner=True, works_there=True
    )
    assert fate(replace(now, **changes), is_due=is_due) is expected


@pytest.mark.parametrize(
    ("age", "is_fresh"),
    [(timedelta(), True), (LIFE, True), (LIFE * 1.01, False), (-timedelta(seconds=1), False)],
)
def test_a_proof_ages(age: timedelta, is_fresh: bool) -> None:
    at = timezone.now()
    assert is_proof_fresh(at - age, at, LIFE) is is_fresh


@pytest.mark.parametrize(
    "wrong",
    [{"recovery_delay": timedelta(hours=1)}, {"recovery_proof_life": timedelta(days=31)}],
)
def test_a_policy_that_protects_nobody_is_refused(wrong: dict[str, timedelta]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        DossierPolicy(**wrong)

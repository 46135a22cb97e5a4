"""Taking over the dossier of a colleague who left, as tables and rules.

What people are told of it: docs/reference/reprise-d-un-dossier.md.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from guichet.domain.dossier.states import DECIDED, EDITABLE, DossierState
from guichet.domain.machine import Machine


class RecoveryState(StrEnum):
    """Where somebody's wish to take a dossier over stands."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class RecoveryAct(StrEnum):
    """What happens to it."""

    HAND_OVER = "hand-over"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


RECOVERIES: Final = Machine[RecoveryState, RecoveryAct](
    {
        (RecoveryState.WAITING, RecoveryAct.HAND_OVER): RecoveryState.DONE,
        (RecoveryState.WAITING, RecoveryAct.REFUSE): RecoveryState.REFUSED,
        (RecoveryState.WAITING, RecoveryAct.WITHDRAW): RecoveryState.WITHDRAWN,
        (RecoveryState.WAITING, RecoveryAct.LAPSE): RecoveryState.LAPSED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What counts when the wait is over, as things stand now.

    `works_there`: the provider that proved the establishment has named no other since.
    """

    state: DossierState
    is_in_bin: bool
    has_same_owner: bool
    works_there: bool


def may_change_hands(state: DossierState) -> bool:
    """Whether a dossier in this state can change owner: where its owner could hand it over."""
    return state in EDITABLE


def is_proof_fresh(proved_at: datetime, at: datetime, life: timedelta) -> bool:
    """Whether a proof of establishment still counts; one from the future never does."""
    return timedelta() <= at - proved_at <= life


def fate(now: Situation, *, is_due: bool) -> RecoveryAct | None:
    """What becomes of a waiting recovery; None while it goes on waiting.

    A dossier in instruction keeps its owner: the recovery waits until it can change hands.
    """
    stands = now.has_same_owner and now.works_there and not now.is_in_bin
    if not stands or now.state in DECIDED:
        return RecoveryAct.LAPSE
    return RecoveryAct.HAND_OVER if is_due and may_change_hands(now.state) else None

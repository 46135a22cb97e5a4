"""The life of an F413 dossier, as a table (docs/reference/dossier-states.md; the deck's words)."""

from enum import StrEnum
from typing import Final

from guichet.domain.machine import Machine


class DossierState(StrEnum):
    """Where a dossier stands; the deck calls FILED "en construction"."""

    DRAFT = "draft"
    FILED = "filed"
    IN_INSTRUCTION = "in-instruction"
    ACCEPTED = "accepted"
    REFUSED = "refused-dossier"
    CLOSED = "closed"


class DossierAct(StrEnum):
    """What happens to a dossier."""

    DEPOSIT = "deposit"
    DEPOSIT_CHANGES = "deposit-changes"
    ASK_CORRECTION = "ask-correction"
    TAKE = "take"
    GIVE_BACK = "give-back"
    ACCEPT = "accept"
    REFUSE = "refuse"
    CLOSE = "close"
    REOPEN = "reopen"


DOSSIERS: Final = Machine[DossierState, DossierAct](
    {
        (DossierState.DRAFT, DossierAct.DEPOSIT): DossierState.FILED,
        (DossierState.FILED, DossierAct.DEPOSIT_CHANGES): DossierState.FILED,
        (DossierState.FILED, DossierAct.ASK_CORRECTION): DossierState.FILED,
        (DossierState.IN_INSTRUCTION, DossierAct.ASK_CORRECTION): DossierState.FILED,
        (DossierState.FILED, DossierAct.TAKE): DossierState.IN_INSTRUCTION,
        (DossierState.IN_INSTRUCTION, DossierAct.GIVE_BACK): DossierState.FILED,
        (DossierState.IN_INSTRUCTION, DossierAct.ACCEPT): DossierState.ACCEPTED,
        (DossierState.IN_INSTRUCTION, DossierAct.REFUSE): DossierState.REFUSED,
        (DossierState.IN_INSTRUCTION, DossierAct.CLOSE): DossierState.CLOSED,
        (DossierState.ACCEPTED, DossierAct.REOPEN): DossierState.IN_INSTRUCTION,
        (DossierState.REFUSED, DossierAct.REOPEN): DossierState.IN_INSTRUCTION,
        (DossierState.CLOSED, DossierAct.REOPEN): DossierState.IN_INSTRUCTION,
    }
)

DECIDED: Final = frozenset({DossierState.ACCEPTED, DossierState.REFUSED, DossierState.CLOSED})
EDITABLE: Final = frozenset({DossierState.DRAFT, DossierState.FILED})
DECISIONS: Final = {
    DossierAct.ACCEPT: DossierState.ACCEPTED,
    DossierAct.REFUSE: DossierState.REFUSED,
    DossierAct.CLOSE: DossierState.CLOSED,
}

"""Who may do what with a dossier, as a table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from guichet.domain.dossier.states import DECIDED, EDITABLE, DossierState


class Standing(StrEnum):
    """What a person is to one dossier."""

    OWNER = "owner"
    CO_WRITER = "co-writer"
    INSTRUCTOR = "instructor"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"


class Act(StrEnum):
    """What people do with a dossier, beyond its state table."""

    READ = "read"
    WRITE = "write"
    DEPOSIT = "deposit"
    MESSAGE = "message"
    SHARE = "share"
    DELETE = "delete"
    ANNOTATE = "annotate"
    INSTRUCT = "instruct"
    DECIDE = "decide"
    REOPEN = "reopen"


APPLICANT: Final = frozenset({Act.READ, Act.WRITE, Act.MESSAGE})
STAFF: Final = frozenset({Act.READ, Act.MESSAGE, Act.ANNOTATE, Act.INSTRUCT, Act.DECIDE})
ALLOWED: Final[Mapping[Standing, frozenset[Act]]] = {
    Standing.OWNER: APPLICANT | {Act.DEPOSIT, Act.SHARE, Act.DELETE},
    Standing.CO_WRITER: APPLICANT,
    Standing.INSTRUCTOR: STAFF,
    Standing.SUPERVISOR: STAFF | {Act.REOPEN},
    Standing.AUDITOR: frozenset({Act.READ}),
}
WHILE: Final[Mapping[Act, frozenset[DossierState]]] = {
    Act.WRITE: EDITABLE,
    Act.DEPOSIT: EDITABLE,
    Act.SHARE: EDITABLE,
    Act.DELETE: EDITABLE | DECIDED,
    Act.MESSAGE: frozenset(DossierState) - {DossierState.DRAFT},
}


def may(standing: Standing | None, act: Act, state: DossierState) -> bool:
    """Whether this standing allows the act in this state; None is a stranger."""
    if standing is None or act not in ALLOWED[standing]:
        return False
    return act not in WHILE or state in WHILE[act]


def acts(standing: Standing | None, state: DossierState) -> frozenset[Act]:
    """Everything this standing allows in this state."""
    return frozenset(act for act in Act if may(standing, act, state))

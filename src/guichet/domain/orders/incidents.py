"""An incident's life: certificates are looked for, one person proposes, another one decides.

What was found is frozen before anything is proposed: the person who approves decides on the very
certificates that will be revoked, and on no other.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from guichet.domain.machine import Machine
from guichet.domain.refusals import Code, Refusal
from guichet.x509.crl import Reason


class IncidentState(StrEnum):
    """Where an incident stands."""

    SEARCHING = "searching"  # certificates are being looked for
    PREPARED = "prepared"  # they are found and frozen; nothing is asked yet
    PROPOSED = "proposed"
    APPROVED = "approved"  # holders renew until the date of the revocation
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    REFUSED = "refused"


class IncidentAct(StrEnum):
    """What happens to an incident."""

    FIND = "find"  # everything was looked at
    PROPOSE = "propose"
    TAKE_BACK = "take-back"  # who proposed wants to say it otherwise
    APPROVE = "approve"
    REFUSE = "refuse"
    CANCEL = "cancel"
    RUN = "run"
    FINISH = "finish"
    RETRY = "retry"  # what failed is tried again


INCIDENTS: Final = Machine[IncidentState, IncidentAct](
    {
        (IncidentState.SEARCHING, IncidentAct.FIND): IncidentState.PREPARED,
        (IncidentState.SEARCHING, IncidentAct.CANCEL): IncidentState.CANCELLED,
        (IncidentState.PREPARED, IncidentAct.PROPOSE): IncidentState.PROPOSED,
        (IncidentState.PREPARED, IncidentAct.CANCEL): IncidentState.CANCELLED,
        (IncidentState.PROPOSED, IncidentAct.APPROVE): IncidentState.APPROVED,
        (IncidentState.PROPOSED, IncidentAct.REFUSE): IncidentState.REFUSED,
        (IncidentState.PROPOSED, IncidentAct.TAKE_BACK): IncidentState.PREPARED,
        (IncidentState.PROPOSED, IncidentAct.CANCEL): IncidentState.CANCELLED,
        (IncidentState.APPROVED, IncidentAct.CANCEL): IncidentState.CANCELLED,
        (IncidentState.APPROVED, IncidentAct.RUN): IncidentState.RUNNING,
        (IncidentState.RUNNING, IncidentAct.FINISH): IncidentState.DONE,
        (IncidentState.DONE, IncidentAct.RETRY): IncidentState.RUNNING,
    }
)
# What two persons answer for.
DECIDED: Final = frozenset({IncidentState.APPROVED, IncidentState.RUNNING, IncidentState.DONE})
OPEN: Final = frozenset(IncidentState) - {
    IncidentState.DONE,
    IncidentState.CANCELLED,
    IncidentState.REFUSED,
}
# A revocation is definitive: nothing is held, and nothing is taken off a list again.
DEFINITIVE: Final = tuple(
    r for r in Reason if r not in {Reason.CERTIFICATE_HOLD, Reason.REMOVE_FROM_CRL}
)
# A key under such a reason does not serve again.
OF_THE_KEY: Final = frozenset({Reason.KEY_COMPROMISE, Reason.CA_COMPROMISE, Reason.AA_COMPROMISE})
LATEST: Final = timedelta(days=366)
TITLE_AT_MOST: Final = 120
TEXT_AT_MOST: Final = 4000
CALL_DAYS: Final = (30, 7, 2, 1)
"""How many days before the revocation holders are told again."""


class TouchedState(StrEnum):
    """What became of one certificate of an incident."""

    WAITING = "waiting"
    REVOKED = "revoked"
    ALREADY = "already"  # somebody revoked it before
    FAILED = "failed"


def admit_date(due_at: datetime | None, at: datetime) -> None:
    """Return when the date of a revocation is none, or within a year from now.

    Raises Refusal(INCIDENT_DATE), whose facts name the field.
    """
    if due_at is not None and not at < due_at <= at + LATEST:
        raise Refusal(Code.INCIDENT_DATE, field="due_on", days=LATEST.days)


def admit_second(proposer: int | None, accounts: frozenset[int]) -> None:
    """Return when who decides is not who proposed, whichever of their accounts they use.

    Raises Refusal(INCIDENT_SAME_PERSON).
    """
    if proposer is None or proposer in accounts:
        raise Refusal(Code.INCIDENT_SAME_PERSON)


def admit_count(typed: str, count: int) -> None:
    """Return when the number typed is how many certificates the list holds.

    Raises Refusal(INCIDENT_COUNT_WRONG).
    """
    digits = "".join(typed.split())
    if not digits.isdecimal() or not digits.isascii() or int(digits[:12]) != count:
        raise Refusal(Code.INCIDENT_COUNT_WRONG, field="count", count=count)


def call_reached(due_at: datetime, at: datetime, last: datetime) -> int | None:
    """The reminder due now, in days before the revocation; None when no step was passed.

    `last` is when holders were last told: somebody late is told once, of what is left.
    """
    passed = (days for days in CALL_DAYS if last < due_at - timedelta(days=days) <= at < due_at)
    return min(passed, default=None)

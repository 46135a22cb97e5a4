"""One move of a signing request through its state table, with its journal entry."""

from datetime import datetime
from typing import Final

from guichet.authority.leased import Leased
from guichet.authority.models import SigningRequest
from guichet.domain import evidence
from guichet.domain.certificates.states import SIGNINGS, SigningAct, SigningState
from guichet.journal import operations as journal
from guichet.journal.chain import Fact
from guichet.journal.events import Event
from guichet.journal.operations import Told

FAILURE_AT_MOST: Final = 500
EVENTS: Final = {
    SigningAct.PLAN: Event.SIGNING_PLANNED,
    SigningAct.ISSUE: Event.CERTIFICATE_ISSUED,
    SigningAct.REFUSE: Event.SIGNING_FAILED,
    SigningAct.FAIL: Event.SIGNING_FAILED,
    SigningAct.SET_ASIDE: Event.SIGNING_SET_ASIDE,
    SigningAct.ASK_AGAIN: Event.SIGNING_SENT_BACK,
    SigningAct.TAKE_UP: Event.SIGNING_SENT_BACK,
}
RESUMES: Final = frozenset({SigningAct.ASK_AGAIN, SigningAct.TAKE_UP})


def settle(row: SigningRequest, act: SigningAct, failure: str, *, by: str, at: datetime) -> None:
    """Move the request, free it of its lease, tell it. Raises Refusal(MOVE_FORBIDDEN)."""
    row.state = SIGNINGS.next(SigningState(row.state), act).value
    row.failure = failure[:FAILURE_AT_MOST]
    row.settled_at = None if act in RESUMES else at
    row.lease_until, row.leased_by = None, ""
    row.save(update_fields=["state", "failure", "settled_at", "lease_until", "leased_by"])
    journal.record_many([told(row, act, by, at)])


def told(
    row: SigningRequest | Leased, act: SigningAct, by: str, at: datetime, document: bytes = b""
) -> Told:
    """What the journal keeps of a move; `by` is the signer, or an operator's reference.

    `document` is what the move made: the octets to be signed, or the certificate in DER.
    """
    facts: dict[str, Fact] = {
        "reference": row.reference,
        "profile": row.profile,
        "authority": row.authority.code,
        "serial": row.serial_hex,
    }
    if document:
        facts[evidence.FACT] = evidence.digest(document)
    if row.failure:
        facts["failure"] = row.failure
    actor = by if ":" in by else f"signer:{by}"
    return Told(EVENTS[act], f"signing:{row.id}", actor, at, facts)

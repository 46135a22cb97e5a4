"""Two persons revoke together: one proposes what was found, another one approves or refuses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from guichet.domain.orders.incidents import (
    INCIDENTS,
    TEXT_AT_MOST,
    IncidentAct,
    IncidentState,
    TouchedState,
    admit_count,
    admit_date,
    admit_second,
)
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.orders import recalls
from guichet.orders.models import Incident, IncidentCall, Touched
from guichet.orders.queries import fits
from guichet.x509.crl import Reason

FIRST: Final = "first"
CALLED_OFF: Final = "called-off"
EVENTS: Final[Mapping[IncidentAct, Event]] = {
    IncidentAct.PROPOSE: Event.INCIDENT_PROPOSED,
    IncidentAct.TAKE_BACK: Event.INCIDENT_TAKEN_BACK,
    IncidentAct.APPROVE: Event.INCIDENT_APPROVED,
    IncidentAct.REFUSE: Event.INCIDENT_REFUSED,
    IncidentAct.CANCEL: Event.INCIDENT_CANCELLED,
    IncidentAct.RETRY: Event.INCIDENT_RETRIED,
}
Change = Callable[[Incident], Mapping[str, str | int | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is proposed: why (RFC 5280), what requesters are told, and when.

    `due_at` none revokes as soon as it is approved; a date lets holders renew first.
    """

    reason: Reason
    text: str = ""
    due_at: datetime | None = None


def propose(*, number: int, asked: Proposal, count: str, by: Actor, at: datetime) -> None:
    """Ask another operator to have the certificates found revoked; `count` as typed.

    Raises Refusal: INCIDENT_UNKNOWN, MOVE_FORBIDDEN, INCIDENT_EMPTY, INCIDENT_DATE,
    INCIDENT_COUNT_WRONG.
    """

    def change(row: Incident) -> Mapping[str, str | int | None]:
        if not row.found:
            raise Refusal(Code.INCIDENT_EMPTY)
        admit_date(asked.due_at, at)
        admit_count(count, row.found)
        row.reason, row.due_at = asked.reason.value, asked.due_at
        row.text = asked.text.strip()[:TEXT_AT_MOST]
        row.proposed_at, row.proposed_by, row.proposed_label = at, by.ref, by.label
        row.proposer_id = by.account_id
        due = asked.due_at.isoformat() if asked.due_at else ""
        return {"certificates": row.found, "reason": row.reason, "due": due}

    _do(number, IncidentAct.PROPOSE, change, by, at)


def take_back(*, number: int, by: Actor, at: datetime) -> None:
    """Give a proposal up, to say it otherwise. Raises Refusal: INCIDENT_UNKNOWN, MOVE_FORBIDDEN."""

    def change(row: Incident) -> Mapping[str, str | int | None]:
        row.proposed_at, row.proposer_id = None, None
        row.proposed_by = row.proposed_label = ""
        return {}

    _do(number, IncidentAct.TAKE_BACK, change, by, at)


def approve(*, number: int, count: str, by: Actor, at: datetime) -> None:
    """Have the certificates of a proposal revoked, at once or on its date. Another person's act.

    Where there is a date, their products may be renewed from now on, and their holders are called.
    Raises Refusal: INCIDENT_UNKNOWN, MOVE_FORBIDDEN, INCIDENT_SAME_PERSON, INCIDENT_COUNT_WRONG,
    INCIDENT_DATE (it went by meanwhile).
    """

    def change(row: Incident) -> Mapping[str, str | int | None]:
        _decide(row, by, at)
        admit_count(count, row.found)
        admit_date(row.due_at, at)
        if row.due_at is None:
            row.due_at = at
        else:
            recalls.announce(row)
            IncidentCall.objects.create(incident=row, occasion=FIRST, at=at)
        return {"certificates": row.found, "reason": row.reason, "proposed_by": row.proposed_by}

    _do(number, IncidentAct.APPROVE, change, by, at)


def refuse(*, number: int, note: str, by: Actor, at: datetime) -> None:
    """Refuse a proposal, with a note. Another person's act.

    Raises Refusal: INCIDENT_UNKNOWN, MOVE_FORBIDDEN, INCIDENT_SAME_PERSON, FIELD_MISSING (note).
    """

    def change(row: Incident) -> Mapping[str, str | int | None]:
        _decide(row, by, at)
        row.note = note.strip()[:1000]
        if not row.note:
            raise Refusal(Code.FIELD_MISSING, field="note")
        row.ended_at, row.ended_label = at, by.label
        return {"note": row.note}

    _do(number, IncidentAct.REFUSE, change, by, at)


def cancel(*, number: int, by: Actor, at: datetime) -> None:
    """Give an incident up before anything is revoked; holders who were called are told.

    Raises Refusal: INCIDENT_UNKNOWN, MOVE_FORBIDDEN.
    """

    def change(row: Incident) -> Mapping[str, str | int | None]:
        row.ended_at, row.ended_label = at, by.label
        if row.state == IncidentState.APPROVED.value:
            recalls.call_off(row)
            calls = IncidentCall.objects.filter(incident=row)
            calls.filter(ended_at=None).update(ended_at=at)
            was_called = calls.filter(people__gt=0).exists()
            if was_called:
                IncidentCall.objects.create(incident=row, occasion=CALLED_OFF, at=at)
        return {}

    _do(number, IncidentAct.CANCEL, change, by, at)


def retry(*, number: int, by: Actor, at: datetime) -> None:
    """Try again what failed. Raises Refusal: INCIDENT_UNKNOWN, MOVE_FORBIDDEN, INCIDENT_EMPTY."""

    def change(row: Incident) -> Mapping[str, str | int | None]:
        failed = Touched.objects.filter(incident=row, state=TouchedState.FAILED.value)
        count = failed.update(state=TouchedState.WAITING.value, failure="")
        if not count:
            raise Refusal(Code.INCIDENT_EMPTY)
        row.ended_at = None
        return {"certificates": count}

    _do(number, IncidentAct.RETRY, change, by, at)


@transaction.atomic
def call_again(*, number: int, by: Actor, at: datetime) -> None:
    """Have the holders who have not renewed yet told once more.

    Raises Refusal: INCIDENT_UNKNOWN, MOVE_FORBIDDEN (not approved, or a call is under way).
    """
    row = _locked(number)
    calls = IncidentCall.objects.filter(incident=row)
    if row.state != IncidentState.APPROVED.value or calls.filter(ended_at=None).exists():
        raise Refusal(Code.MOVE_FORBIDDEN, state=row.state, act="call")
    times = calls.filter(occasion__startswith="again:").count() + 1
    IncidentCall.objects.create(incident=row, occasion=f"again:{times}", at=at)
    facts = {"asked": times}
    journal.record(Event.HOLDERS_CALLED, subject=str(row), actor=by.ref, at=at, facts=facts)


@transaction.atomic
def _do(number: int, act: IncidentAct, change: Change, by: Actor, at: datetime) -> None:
    row = _locked(number)
    reached = INCIDENTS.next(IncidentState(row.state), act)
    facts = change(row)
    row.state = reached.value
    row.save()
    journal.record(EVENTS[act], subject=str(row), actor=by.ref, at=at, facts=facts)


def _locked(number: int) -> Incident:
    known = number if fits(number) else 0
    row = Incident.objects.select_for_update().filter(pk=known).first()
    if row is None:
        raise Refusal(Code.INCIDENT_UNKNOWN)
    return row


def _decide(row: Incident, by: Actor, at: datetime) -> None:
    admit_second(row.proposer_id, by.accounts)
    row.decided_at, row.decided_by, row.decided_label = at, by.ref, by.label
    row.decider_id = by.account_id

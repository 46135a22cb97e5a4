"""What was approved is revoked, batch by batch: the clerk's part, taken up where it was cut."""

import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import Error as DatabaseFaultError
from django.db import transaction

from guichet.authority import lookups
from guichet.domain.orders.incidents import INCIDENTS, IncidentAct, IncidentState, TouchedState
from guichet.domain.refusals import Refusal
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.orders.models import Incident
from guichet.orders.operations import striking, telling
from guichet.orders.operations.incident_preparing import CLERK
from guichet.x509.crl import Reason

logger = logging.getLogger(__name__)
BATCH: Final = 500
BATCHES_A_ROUND: Final = 4
UNKNOWN: Final = "unknown-certificate"


def run_incidents(at: datetime) -> int:
    """Begin what is due and go on with what has begun; how many certificates were tried.

    A run that was cut goes on with what is left: what is revoked stays so, nobody is told twice.
    """
    due = Incident.objects.filter(state=IncidentState.APPROVED.value, due_at__lte=at)
    for pk in list(due.order_by("due_at", "pk").values_list("pk", flat=True)):
        _begin(pk, at)
    running = Incident.objects.filter(state=IncidentState.RUNNING.value).order_by("started_at")
    return sum(_run(row, at) for row in list(running))


@transaction.atomic
def _begin(pk: int, at: datetime) -> None:
    row = Incident.objects.select_for_update().get(pk=pk)
    if row.state != IncidentState.APPROVED.value:
        return
    row.state = INCIDENTS.next(IncidentState(row.state), IncidentAct.RUN).value
    row.started_at = at
    row.calls.filter(ended_at=None).update(ended_at=at)
    row.save()
    facts: dict[str, str | int | None] = {"certificates": row.found, "reason": row.reason}
    journal.record(Event.INCIDENT_STARTED, subject=str(row), actor=CLERK, at=at, facts=facts)


def _run(row: Incident, at: datetime) -> int:
    """Some batches of one incident, then its end when nothing waits any more."""
    count = 0
    for _batch in range(BATCHES_A_ROUND):
        waiting = row.touched.filter(state=TouchedState.WAITING.value).order_by("pk")
        ids = list(waiting.values_list("certificate_id", flat=True)[:BATCH])
        if not ids:
            _finish(row, at)
            break
        _strike(row, ids, at)
        count += len(ids)
    return count


def _strike(row: Incident, ids: Sequence[int], at: datetime) -> None:
    """Revoke a batch; one that fails is tried certificate by certificate, so that one which
    cannot be revoked holds up no other.
    """
    incident = striking.Incident(key=row.key, reason=Reason(row.reason), by=row.decided_by)
    try:
        found = striking.strike(certificate_ids=ids, incident=incident, at=at)
    except (DatabaseFaultError, Refusal) as error:
        logger.exception("a batch of %s failed", row)
        if len(ids) == 1:
            _mark(row, {ids[0]: TouchedState.FAILED}, _words(error))
        else:
            for one in ids:
                _strike(row, [one], at)
        return
    states = {one.certificate_id: TouchedState.REVOKED for one in found.done}
    states |= _before(row, found.already)
    _mark(row, states)
    if found.unknown:
        _mark(row, dict.fromkeys(found.unknown, TouchedState.FAILED), UNKNOWN)


def _before(row: Incident, already: Collection[int]) -> Mapping[int, TouchedState]:
    """Those revoked before: by this very run, cut before it could say so, or by others."""
    started = row.started_at.replace(microsecond=0) if row.started_at else None
    return {
        one.certificate_id: TouchedState.REVOKED
        if started is not None and one.revoked_at >= started - timedelta(seconds=1)
        else TouchedState.ALREADY
        for one in lookups.revocations(already)
    }


@transaction.atomic
def _mark(row: Incident, states: Mapping[int, TouchedState], failure: str = "") -> None:
    by_state: dict[TouchedState, list[int]] = {}
    for pk, state in states.items():
        by_state.setdefault(state, []).append(pk)
    for state, ids in by_state.items():
        row.touched.filter(certificate_id__in=ids).update(state=state.value, failure=failure[:300])


def _words(error: Exception) -> str:
    """A refusal by its code; what the database said, in its own words."""
    return error.code.value if isinstance(error, Refusal) else f"database: {error}".strip()


def _finish(row: Incident, at: datetime) -> None:
    """People are told first: a run cut between is finished by telling who is left."""
    people = telling.tell(incident=row.key, at=at)
    with transaction.atomic():
        locked = Incident.objects.select_for_update().get(pk=row.pk)
        if locked.state != IncidentState.RUNNING.value:
            return
        locked.state = INCIDENTS.next(IncidentState(locked.state), IncidentAct.FINISH).value
        locked.ended_at = at
        locked.save()
        counts = Counter(row.touched.values_list("state", flat=True))
        facts: dict[str, str | int | None] = {"people": people, **counts}
        journal.record(Event.INCIDENT_ENDED, subject=str(row), actor=CLERK, at=at, facts=facts)

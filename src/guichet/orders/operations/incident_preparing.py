"""An incident is opened by its criteria; its certificates are found and frozen bit by bit."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction

from guichet.authority import exposure
from guichet.domain.orders.criteria import Criteria
from guichet.domain.orders.incidents import (
    INCIDENTS,
    TITLE_AT_MOST,
    IncidentAct,
    IncidentState,
)
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import visible
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.orders.incident_search import Looked, Match, look
from guichet.orders.models import Incident, Touched

CLERK: Final = "clerk"
GOES_A_ROUND: Final = 3


@transaction.atomic
def open_incident(*, title: str, criteria: Criteria, by: Actor, at: datetime) -> int:
    """Open an incident and return its number; the clerk looks for its certificates.

    Raises Refusal: FIELD_MISSING (title), INCIDENT_WITHOUT_CRITERIA, INCIDENT_PERIOD.
    """
    name = visible(title.strip(), TITLE_AT_MOST)
    if not name:
        raise Refusal(Code.FIELD_MISSING, field="title")
    row = Incident.objects.create(
        title=name,
        criteria=criteria.admit().to_json(),
        created_at=at,
        created_by=by.ref,
        created_label=by.label,
        search_end=exposure.newest(),
    )
    facts = {"title": name, "criteria": told(criteria)}
    journal.record(Event.INCIDENT_OPENED, subject=str(row), actor=by.ref, at=at, facts=facts)
    return row.pk


def told(criteria: Criteria) -> str:
    """Criteria as the journal keeps them; of lists, how long they are."""
    stored = criteria.to_json()
    kept = {n: len(v) if isinstance(v, list) else v for n, v in stored.items()}
    return json.dumps(kept, sort_keys=True)


def search_incidents(at: datetime) -> int:
    """Go on with every search, a few goes each; how many certificates were looked at."""
    searching = Incident.objects.filter(state=IncidentState.SEARCHING.value).order_by("pk")
    return sum(_search(pk, at) for pk in list(searching.values_list("pk", flat=True)))


def _search(pk: int, at: datetime) -> int:
    count = 0
    for _go in range(GOES_A_ROUND):
        row = Incident.objects.get(pk=pk)
        if row.state != IncidentState.SEARCHING.value:
            break
        criteria = Criteria.from_json(row.criteria)
        looked = look(criteria, after=row.searched_to, until=row.search_end, at=at)
        count += looked.count
        _keep(row, looked, at)
    return count


@transaction.atomic
def _keep(read: Incident, looked: Looked, at: datetime) -> None:
    """Freeze what one go found, unless another process did."""
    row = Incident.objects.select_for_update().get(pk=read.pk)
    if (row.state, row.searched_to) != (read.state, read.searched_to):
        return
    Touched.objects.bulk_create(_touched(row, looked.found))
    row.searched_to = looked.last
    row.looked_at += looked.count
    row.found += len(looked.found)
    if looked.last >= row.search_end:
        row.state = INCIDENTS.next(IncidentState(row.state), IncidentAct.FIND).value
        row.searched_at = at
        facts = {"certificates": row.found, "looked_at": row.looked_at}
        journal.record(Event.INCIDENT_PREPARED, subject=str(row), actor=CLERK, at=at, facts=facts)
    row.save()


def _touched(row: Incident, found: Iterable[Match]) -> list[Touched]:
    return [
        Touched(
            incident=row,
            certificate_id=match.certificate.certificate_id,
            order_id=match.order.pk if match.order else None,
            authority=match.certificate.authority,
            profile=match.certificate.profile,
            structure_id=match.order.structure_id if match.order else "",
            serial_hex=match.certificate.serial_hex,
            not_after=match.certificate.not_after,
        )
        for match in found
    ]

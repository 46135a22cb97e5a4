"""Holders are called to renew before an incident revokes: one e-mail an address and occasion."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction

from guichet.domain.orders.incidents import OF_THE_KEY, IncidentState, call_reached
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.notifications import operations as notifications
from guichet.orders import mails
from guichet.orders.incident_progress import orders_called, orders_to_call
from guichet.orders.models import Incident, IncidentCall, Order
from guichet.orders.operations import telling
from guichet.orders.operations.incident_deciding import CALLED_OFF
from guichet.orders.operations.incident_preparing import CLERK
from guichet.orders.operations.telling import Reader


def call_holders(at: datetime) -> int:
    """Plan the reminders that are due, and make every call that waits; how many people."""
    approved = Incident.objects.filter(state=IncidentState.APPROVED.value, due_at__gt=at)
    for pk in list(approved.order_by("pk").values_list("pk", flat=True)):
        _plan(pk, at)
    waiting = IncidentCall.objects.filter(ended_at=None).order_by("pk")
    return sum(_make(row, at) for row in list(waiting.select_related("incident")))


@transaction.atomic
def _plan(pk: int, at: datetime) -> None:
    """A reminder whose day came, unless holders were told since."""
    row = Incident.objects.select_for_update().get(pk=pk)
    last = row.calls.order_by("-at").first()
    if row.state != IncidentState.APPROVED.value or row.due_at is None or last is None:
        return
    days = call_reached(row.due_at, at, last.at)
    if days is not None:
        row.calls.get_or_create(occasion=str(days), defaults={"at": at})


def _make(row: IncidentCall, at: datetime) -> int:
    """Write the e-mails of one call, then say it is over; cut between, nobody is told twice."""
    incident = row.incident
    is_off = row.occasion == CALLED_OFF
    orders = orders_called(incident.pk) if is_off else orders_to_call(incident.pk)
    found = telling.readers(orders)
    remaining, written = iter(found.items()), 0
    while some := list(islice(remaining, telling.MAILS_A_COMMIT)):
        written += len(some)
        if not _write(row, some, written, at):
            return written
    with transaction.atomic():
        locked = IncidentCall.objects.select_for_update().get(pk=row.pk)
        if locked.ended_at is None:
            locked.ended_at, locked.people = at, len(found)
            locked.save()
            _tell(row, people=len(found), certificates=len(orders), at=at)
    return len(found)


@transaction.atomic
def _write(
    row: IncidentCall, some: Sequence[tuple[Reader, list[int]]], written: int, at: datetime
) -> bool:
    """Write some e-mails; False when the call was ended meanwhile, its incident given up."""
    locked = IncidentCall.objects.select_for_update().get(pk=row.pk)
    if locked.ended_at is not None:
        return False
    mails = [_mail(row, reader, theirs) for reader, theirs in some]
    notifications.enqueue_all(mails=mails, at=at)
    locked.people = max(locked.people, written)
    locked.save(update_fields=["people"])
    return True


def _tell(row: IncidentCall, *, people: int, certificates: int, at: datetime) -> None:
    facts: dict[str, str | int | None] = {
        "occasion": row.occasion,
        "people": people,
        "certificates": certificates,
    }
    subject = str(row.incident)
    journal.record(Event.HOLDERS_CALLED, subject=subject, actor=CLERK, at=at, facts=facts)


def _mail(row: IncidentCall, reader: Reader, orders: Sequence[int]) -> notifications.Mail:
    address, language = reader
    incident = row.incident
    rows = Order.objects.filter(pk__in=orders[: telling.LISTED]).select_related("product")
    who = hashlib.sha256(f"{address}:{language}".encode()).hexdigest()[:32]
    return notifications.Mail(
        to=(address,),
        template="orders/mail/" + ("recall-off" if row.occasion == CALLED_OFF else "recall"),
        context={
            "count": len(orders),
            "more": max(0, len(orders) - telling.LISTED),
            "lines": list(_lines(rows.order_by("pk"))),
            "due_at": incident.due_at,
            "text": incident.text,
            "new_key": incident.reason in OF_THE_KEY,
            "again": row.occasion != "first",
        },
        language=language,
        about=str(incident),
        dedupe_key=f"{incident}:call:{row.occasion}:{who}",
    )


def _lines(rows: Any) -> Iterator[Mapping[str, Any]]:
    for row in rows:
        product = getattr(row, "product", None)
        yield {
            "order": mails.facts(row),
            "product": product.number if product else None,
        }

"""Telling people of an incident: one e-mail an address, with the list of what it answers for."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from guichet.domain.orders.incidents import IncidentState
from guichet.notifications import operations as notifications
from guichet.orders import mails
from guichet.orders.models import Contact, Incident, Order, RevocationNotice

LISTED: Final = 200
"""Certificates named in one e-mail; the inventory shows the others."""
CHUNK: Final = 1000
MAILS_A_COMMIT: Final = 50
LEFT_ALONE: Final = timedelta(minutes=10)
NUMBER_DIGITS: Final = 12
Reader = tuple[str, str]  # address and language


def tell(*, incident: str, at: datetime) -> int:
    """Write the e-mails of an incident and return how many people are told.

    Safe to repeat: what was told is not told again, and a run that was cut goes on.
    """
    notices = list(_untold().filter(incident=incident).values_list("pk", "order_id"))
    found = readers([order for _, order in notices])
    remaining = iter(found.items())
    while some := list(islice(remaining, MAILS_A_COMMIT)):
        with transaction.atomic():
            for reader, orders in some:
                _write(incident, reader, orders, at)
    for start in range(0, len(notices), CHUNK):
        ids = [pk for pk, _ in notices[start : start + CHUNK]]
        RevocationNotice.objects.filter(pk__in=ids).update(told_at=at)
    return len(found)


def tell_left_over(at: datetime) -> int:
    """Tell of incidents whose command was cut before it told anybody; how many people.

    One that the clerk runs tells them itself, once it is over.
    """
    last = _untold().values("incident").annotate(last=Max("at")).order_by("incident")
    left = last.filter(last__lte=at - LEFT_ALONE).values_list("incident", flat=True)
    running = {row.key for row in Incident.objects.filter(state=IncidentState.RUNNING.value)}
    return sum(tell(incident=key, at=at) for key in list(left) if key not in running)


def _untold() -> Any:
    return RevocationNotice.objects.filter(told_at=None).order_by("pk")


def readers(orders: Sequence[int]) -> Mapping[Reader, list[int]]:
    """Who is told of which orders: contacts that take our e-mails, else those of the order."""
    found: dict[Reader, list[int]] = {}
    for start in range(0, len(orders), CHUNK):
        for address, language, order in _addresses(orders[start : start + CHUNK]):
            told = found.setdefault((address, language), [])
            if not told or told[-1] != order:
                told.append(order)
    return found


def _addresses(orders: Sequence[int]) -> Iterator[tuple[str, str, int]]:
    contacts: dict[int, list[str]] = {}
    rows = Contact.objects.filter(order__in=orders, bounced_at=None).order_by("pk")
    for order, address in rows.values_list("order_id", "email"):
        contacts.setdefault(order, []).append(address)
    facts = Order.objects.filter(pk__in=orders).order_by("pk")
    for pk, language, actor, informed in facts.values_list(
        "pk", "language", "actor_email", "informed_email"
    ):
        for address in contacts.get(pk) or filter(None, (actor, informed)):
            yield address, language, pk


def _write(incident: str, reader: Reader, orders: Sequence[int], at: datetime) -> None:
    address, language = reader
    listed = Order.objects.filter(pk__in=orders[:LISTED]).select_related("product").order_by("pk")
    context = {
        "count": len(orders),
        "more": max(0, len(orders) - LISTED),
        "lines": [_line(row) for row in listed],
        "at": at,
        "text": _text(incident),
    }
    what = hashlib.sha256(f"{address}:{language}:{orders}".encode()).hexdigest()[:32]
    mail = notifications.Mail(
        to=(address,),
        template="orders/mail/incident",
        context=context,
        language=language,
        about=f"incident:{incident}",
        dedupe_key=f"incident:{incident}:{what}",
    )
    notifications.enqueue(mail=mail, at=at)


def _text(incident: str) -> str:
    """What the operator who proposed an incident tells requesters; nothing for a mere list."""
    if not incident.isdecimal() or len(incident) > NUMBER_DIGITS:
        return ""
    rows = Incident.objects.filter(pk=int(incident))
    return rows.values_list("text", flat=True).first() or ""


def _line(row: Order) -> Mapping[str, Any]:
    product = getattr(row, "product", None)
    return {
        "order": mails.facts(row),
        "product": product.number if product else None,
        "serial": product.serial_hex if product else None,
    }

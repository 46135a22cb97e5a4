"""What expires, as a calendar file (RFC 5545) with its alarms, and links to follow it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import queries as habilitations
from guichet.habilitations import tokens
from guichet.identities import holders
from guichet.identities.actors import Actor
from guichet.orders import expiries
from guichet.orders.models import CalendarLink
from guichet.orders.policy import policy
from guichet.orders.queries import product_summary
from guichet.orders.summaries import ProductSummary
from guichet.orders.visibility import Reach, reach

EVENTS_AT_MOST: Final = 2000
MEDIA_TYPE: Final = "text/calendar; charset=utf-8"


def of_actor(actor: Actor, structure_id: str, at: datetime) -> bytes:
    """Everything that the actor sees expire, of one structure or of all."""
    return _of_reach(reach(actor, at), structure_id, at)


def of_product(product: ProductSummary, at: datetime) -> bytes:
    """One product alone."""
    return _file([product], at)


def of_link(token: str, at: datetime) -> bytes:
    """What a secret link shows now. Raises Refusal(CALENDAR_LINK_UNKNOWN): unknown or ended.

    Whoever made it may see less than then, or nothing any more.
    """
    row = CalendarLink.objects.filter(token_sha256=tokens.digest(token), ended_at=None).first()
    if row is None or not holders.contacts([row.account_id]):
        raise Refusal(Code.CALENDAR_LINK_UNKNOWN)
    found = Reach(
        habilitations.rights_of(row.card_number or None, at),
        habilitations.represented_by(row.account_id),
        row.actor_ref,
    )
    with override(row.language):
        return _of_reach(found, row.structure_id, at)


def _of_reach(found: Reach, structure_id: str, at: datetime) -> bytes:
    rows = expiries.ending(found, structure_id, at).select_related("order")[:EVENTS_AT_MOST]
    return _file((product_summary(row, at) for row in rows), at)


def _file(products: Iterable[ProductSummary], at: datetime) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Guichet//Echeances//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Certificats qui expirent"))
    calendar.add("refresh-interval", timedelta(hours=12), {"VALUE": "DURATION"})  # RFC 7986 §5.7
    for product in products:
        calendar.add_component(_event(product, at))
    return bytes(calendar.to_ical())


def _event(product: ProductSummary, at: datetime) -> Event:
    words = {
        "profile": product.order.profile,
        "name": product.order.beneficiary,
        "number": product.number,
        "structure": product.order.structure_name,
    }
    address = settings.GUICHET.portal_url + reverse("orders:renew", args=[product.number])
    title = _("Expiration du certificat %(profile)s %(name)s (produit %(number)s)") % words
    event = Event()
    event.add("uid", f"product-{product.number}@{settings.GUICHET.host}")
    event.add("dtstamp", at)
    event.add("dtstart", timezone.localtime(product.not_after).date())
    event.add("summary", title)
    event.add("description", _("%(structure)s. Renouveler :") % words + f" {address}")
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    for days in policy().reminder_days:
        event.add_component(_alarm(days, title))
    return event


def _alarm(days: int, title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", timedelta(days=-days))
    return alarm


def language() -> str:
    """The language of the page, in which a calendar will be written."""
    return (get_language() or "fr")[:2]

"""The e-mails of an order's life, written into the outbox in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _

from guichet.notifications import operations as notifications
from guichet.orders.models import Contact, Order

RECIPIENTS_AT_MOST: Final = 10  # what one e-mail may have; reminders go to each contact apart
BY_THEMSELVES: Final = frozenset({"acme", "est"})
UNDER_WAY: Final = frozenset({"taken", "available"})


def tell(
    order: Order, template: str, at: datetime, context: Mapping[str, Any] | None = None
) -> None:
    """Write the e-mail of one step, once, to the order's contacts.

    A protocol that orders and withdraws by itself tells of the certificate, and of what goes wrong.
    """
    if order.channel in BY_THEMSELVES and template in UNDER_WAY:
        return
    mail = notifications.Mail(
        to=_recipients(order),
        template=f"orders/mail/{template}",
        context={"order": facts(order), **(context or {})},
        language=order.language,
        about=about(order.number),
        dedupe_key=f"{reference(order)}:{template}",
    )
    notifications.enqueue(mail=mail, at=at)


def _recipients(order: Order) -> tuple[str, ...]:
    """Contacts whose mailbox takes our e-mails; else the addresses the order was placed with.

    Somebody who left reminders is still told what becomes of the order.
    """
    rows = Contact.objects.filter(order=order, bounced_at=None).order_by("pk")
    found = tuple(rows.values_list("email", flat=True)[:RECIPIENTS_AT_MOST])
    return found or tuple(filter(None, (order.actor_email, order.informed_email)))


def about(number: int) -> str:
    """How the journal and the outbox name an order."""
    return f"order:{number}"


def reference(order: Order) -> str:
    """How the authority names the order's request for a signature: one for each of its keys."""
    again = f":{order.attempt}" if order.attempt > 1 else ""
    return about(order.number) + again


def numbered(text: str) -> int | None:
    """The order that `about` or `reference` names; None when it names none."""
    kind, *numbers = text.split(":")
    if kind != "order" or not 1 <= len(numbers) <= 2 or not all(map(str.isdecimal, numbers)):
        return None
    return int(numbers[0])


def facts(order: Order) -> Mapping[str, Any]:
    """What the templates of an order's e-mails show of it."""
    return {
        "number": order.number,
        "offer": order.offer,
        "usage": order.usage,
        "structure": f"{order.structure_name} ({order.structure_id})",
        "beneficiary": order.beneficiary,
        "requester": _requester(order),
        "placed_at": order.placed_at,
        "withdraw_before": order.withdraw_before,
    }


def _requester(order: Order) -> str:
    """Who asked, and for whom where the structure delegated it to an editor."""
    if not order.editor_name:
        return order.requester_label
    with translation.override(order.language):
        return _("%(person)s (%(editor)s), pour le compte de %(structure)s") % {
            "person": order.requester_label,
            "editor": order.editor_name,
            "structure": order.structure_name,
        }

"""The e-mails of an order's life, written into the outbox in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from guichet.notifications import operations as notifications
from guichet.orders.models import Order


def tell(
    order: Order, template: str, at: datetime, context: Mapping[str, Any] | None = None
) -> None:
    """Write the e-mail of one step, once, to the actor and to the person to inform."""
    mail = notifications.Mail(
        to=tuple(address for address in (order.actor_email, order.informed_email) if address),
        template=f"orders/mail/{template}",
        context={"order": facts(order), **(context or {})},
        language=order.language,
        about=about(order.number),
        dedupe_key=f"{reference(order)}:{template}",
    )
    notifications.enqueue(mail=mail, at=at)


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

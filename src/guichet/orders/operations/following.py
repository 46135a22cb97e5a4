"""What becomes of an order or a product whose certificate an operator revokes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from guichet.authority import operations as authority
from guichet.authority import queries as authority_queries
from guichet.domain.orders.revocation import MOTIVES_OF
from guichet.domain.orders.states import ORDERS, OrderAct, OrderState
from guichet.domain.refusals import Code, Refusal
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.orders import mails, numbers, queries
from guichet.orders.models import Order, Product
from guichet.orders.operations import issuing
from guichet.x509.crl import Reason


@dataclass(frozen=True, slots=True)
class Revoker:
    """Who revokes: as the journal names them, and as people are told; empty for a code's holder."""

    ref: str
    label: str


@transaction.atomic
def revoke_certificate(
    *,
    certificate_id: int,
    reason: Reason,
    by: str,
    at: datetime,
    label: Callable[[str], str] | None = None,
) -> datetime:
    """Revoke any certificate; the product or the waiting order that holds it follows.

    Returns the instant of revocation. `by` is the journal's actor; `label` tells people, in their
    language ("fr"), who it was, the operator unless it is given. Raises Refusal: PRODUCT_UNKNOWN,
    ALREADY_REVOKED (and nothing was left to follow).
    """
    order = _holder(certificate_id, at)
    product = Product.objects.select_for_update().filter(order=order, revoked_at=None).first()
    is_waiting = order is not None and order.state == OrderState.AVAILABLE.value
    number = numbers.take(numbers.ORDERS) if product else 0  # before the journal's lock
    issued = authority_queries.certificate(certificate_id)
    revoked_at, reason = issued.revoked_at, issued.reason or reason
    if revoked_at is None:
        done = authority.revoke(certificate_id=certificate_id, reason=reason, by=by, at=at)
        revoked_at = done.revoked_at
    elif product is None and not is_waiting:
        raise Refusal(Code.ALREADY_REVOKED, serial=issued.serial_hex)
    if order is not None:
        who = Revoker(by, (label or operator_label)(order.language))
        if product is not None:
            product.revocation_motive = MOTIVES_OF.get(reason, "")
            record(product, number=number, revoked_at=revoked_at, who=who, at=at)
        elif is_waiting:
            _end(order, who, at)
    return revoked_at


def catch_up(*, product_number: int, at: datetime) -> None:
    """A product whose certificate was revoked without it is brought in step."""
    row = Product.objects.filter(number=product_number, revoked_at=None).first()
    issued = authority_queries.certificate(row.certificate_id) if row else None
    if issued is not None and issued.revoked_at is not None:
        reason = issued.reason or Reason.UNSPECIFIED
        revoke_certificate(certificate_id=issued.id, reason=reason, by=issuing.CLERK, at=at)


def record(row: Product, *, number: int, revoked_at: datetime, who: Revoker, at: datetime) -> None:
    """Say of a locked product that its certificate is revoked: row, journal and e-mail."""
    row.revocation_number = number
    row.revoked_at = revoked_at
    row.revoked_by = who.label
    row.save()
    journal.record(
        Event.PRODUCT_REVOKED,
        subject=f"product:{row.number}",
        actor=who.ref,
        at=at,
        facts={"request": number, "motive": row.revocation_motive, "serial": row.serial_hex},
    )
    reference = queries.product_summary(row, row.not_before).reference
    mails.tell(row.order, "revoked", at, {"product": row, "reference": reference, "at": at})


def _holder(certificate_id: int, at: datetime) -> Order | None:
    """The order that a certificate is for, locked, and collected if it was not yet.

    One that another key took the place of is no longer for any.
    """
    number = mails.numbered(authority_queries.certificate(certificate_id).reference or "")
    if number is None or not Order.objects.filter(number=number).exists():
        return None
    row = issuing.locked_order(number)
    issuing.settle(number, at)
    row.refresh_from_db()
    return row if row.certificate_id == certificate_id else None


def _end(row: Order, who: Revoker, at: datetime) -> None:
    """A certificate that is revoked before its withdrawal can no longer be withdrawn."""
    row.state = ORDERS.next(OrderState(row.state), OrderAct.REVOKE).value
    row.ended_at = at
    row.save(update_fields=["state", "ended_at"])
    journal.record(Event.ORDER_REVOKED, subject=mails.about(row.number), actor=who.ref, at=at)
    mails.tell(row, "cancelled", at, {"by": who.label})


def operator_label(language: str) -> str:
    """How people are told, in their language, that the operator did it."""
    with translation.override(language):
        return _("l’opérateur du guichet")

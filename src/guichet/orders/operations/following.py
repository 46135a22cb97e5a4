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
    _collect(certificate_id, at)
    with transaction.atomic():
        return _revoke(certificate_id, reason, by, at, label or operator_label)


def _collect(certificate_id: int, at: datetime) -> None:
    """Collect the order first, apart: the journal is written there, and locked after all others."""
    number = _number(certificate_id)
    if number is not None:
        issuing.settle(number, at)


def _revoke(
    certificate_id: int, reason: Reason, by: str, at: datetime, label: Callable[[str], str]
) -> datetime:
    order = _holder(certificate_id)
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
        who = Revoker(by, label(order.language))
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


def _holder(certificate_id: int) -> Order | None:
    """The order that a certificate is for, locked.

    One that another key took the place of is no longer for any.
    """
    number = _number(certificate_id)
    row = None if number is None else issuing.locked_order(number)
    return row if row is not None and row.certificate_id == certificate_id else None


def _number(certificate_id: int) -> int | None:
    """The number of the order that a certificate was asked for; None where there is none."""
    number = mails.numbered(authority_queries.certificate(certificate_id).reference or "")
    is_known = number is not None and Order.objects.filter(number=number).exists()
    return number if is_known else None


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

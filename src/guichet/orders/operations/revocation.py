"""RÉVOQUER: by those who hold the product, or by anybody who holds its code. Definitive."""

from datetime import datetime

from django.db import transaction

from guichet.authority import operations as authority
from guichet.domain.orders.revocation import REASONS, RevocationMotive
from guichet.domain.orders.states import PRODUCTS, ProductAct, product_state
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.orders import codes, mails, numbers, queries
from guichet.orders.models import Product
from guichet.orders.operations.withdrawal import reference
from guichet.orders.summaries import RevocationReceipt
from guichet.orders.visibility import reach


def revoke(
    *,
    product_number: int,
    by: Actor | None,
    code: str | None,
    motive: RevocationMotive,
    at: datetime,
) -> RevocationReceipt:
    """Revoke a product, by ownership when `by` holds it, else by its revocation code.

    Raises Refusal: PRODUCT_UNKNOWN, RIGHT_MISSING (visible, but not held, and no code),
    REVOCATION_CODE_WRONG, ALREADY_REVOKED, MOVE_FORBIDDEN (expired).
    """
    if not _holds(product_number, by, at, has_code=bool(code)):
        actor_ref = by.ref if by else codes.ANYBODY
        codes.check(product_number=product_number, code=code or "", by=actor_ref, at=at)
    with transaction.atomic():
        return _revoke(product_number, by, motive, at)


def _holds(product_number: int, by: Actor | None, at: datetime, *, has_code: bool) -> bool:
    """Whether ownership is enough. Raises Refusal when it is not and there is no code."""
    if by is None:
        return False
    try:
        order = queries.product(product_number, by, at).order
    except Refusal:
        if has_code:
            return False
        raise
    if reach(by, at).may_handle(order.structure_id, order.offer):
        return True
    if has_code:
        return False
    raise Refusal(
        Code.RIGHT_MISSING, structure=order.structure_id, offer=order.offer, usage=order.usage
    )


def _revoke(
    product_number: int, by: Actor | None, motive: RevocationMotive, at: datetime
) -> RevocationReceipt:
    row = Product.objects.select_for_update().get(number=product_number)
    if row.revoked_at is not None:
        raise Refusal(Code.ALREADY_REVOKED, serial=row.serial_hex)
    PRODUCTS.next(
        product_state(is_revoked=False, not_after=row.not_after, at=at), ProductAct.REVOKE
    )
    actor_ref = by.ref if by else codes.ANYBODY
    row.revocation_number = numbers.take(numbers.ORDERS)  # before the journal's lock, as `place`
    done = authority.revoke(
        certificate_id=row.certificate_id, reason=REASONS[motive], by=actor_ref, at=at
    )
    row.revoked_at = done.revoked_at
    row.revoked_by = by.label if by else ""
    row.revocation_motive = motive.value
    row.save()
    journal.record(
        Event.PRODUCT_REVOKED,
        subject=f"product:{product_number}",
        actor=actor_ref,
        at=at,
        facts={"request": row.revocation_number, "motive": motive.value, "serial": row.serial_hex},
    )
    mails.tell(row.order, "revoked", at, {"product": row, "reference": reference(row), "at": at})
    return RevocationReceipt(
        product_number=product_number,
        request_number=row.revocation_number,
        serial_hex=row.serial_hex,
        motive=motive,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
    )

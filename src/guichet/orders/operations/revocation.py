"""RÉVOQUER: by those who hold the product, or by anybody who holds its code. Definitive."""

from datetime import datetime

from django.db import transaction

from guichet.authority import operations as authority
from guichet.domain.orders.revocation import REASONS, RevocationMotive
from guichet.domain.orders.states import PRODUCTS, ProductAct, product_state
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.orders import codes, numbers, queries
from guichet.orders.models import Product
from guichet.orders.operations import following
from guichet.orders.operations.following import Revoker
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
    who = Revoker(by.ref, by.label) if by else Revoker(codes.ANYBODY, "")
    if not _holds(product_number, by, at, has_code=bool(code)):
        codes.check(product_number=product_number, code=code or "", by=who.ref, at=at)
    following.catch_up(product_number=product_number, at=at)
    with transaction.atomic():
        return _revoke(product_number, who, motive, at)


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
    product_number: int, who: Revoker, motive: RevocationMotive, at: datetime
) -> RevocationReceipt:
    row = Product.objects.select_for_update().get(number=product_number)
    if row.revoked_at is not None:
        raise Refusal(Code.ALREADY_REVOKED, serial=row.serial_hex)
    PRODUCTS.next(
        product_state(is_revoked=False, not_after=row.not_after, at=at), ProductAct.REVOKE
    )
    number = numbers.take(numbers.ORDERS)  # before the journal's lock, as `place`
    done = authority.revoke(
        certificate_id=row.certificate_id, reason=REASONS[motive], by=who.ref, at=at
    )
    row.revocation_motive = motive.value
    following.record(row, number=number, revoked_at=done.revoked_at, who=who, at=at)
    return RevocationReceipt(
        product_number=product_number,
        request_number=number,
        serial_hex=row.serial_hex,
        motive=motive,
        revoked_at=done.revoked_at,
        revoked_by=who.label,
    )

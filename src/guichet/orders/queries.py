"""Reading orders and products; what the actor may not see does not exist."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Model, Q, QuerySet

from guichet.domain.orders.renewal import RenewalState
from guichet.domain.orders.request import OrderRequest
from guichet.domain.orders.revocation import RevocationMotive
from guichet.domain.orders.states import OrderState, ProductState, product_state
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.orders import labels, renewals
from guichet.orders.filters import OrderFilters, ProductFilters, state_condition
from guichet.orders.models import Order, OrderDraft, Product
from guichet.orders.paging import CappedPaginator
from guichet.orders.subjects import beneficiary
from guichet.orders.summaries import OrderSummary, PersonFacts, ProductSummary
from guichet.orders.visibility import reach
from guichet.web.listing import page_of

NUMBER_AT_MOST = 2**53
NUMBER_DIGITS = 12
KEYS_AT_MOST = 100
BROWSER_KEYS_AT_MOST = 500
RENEWABLE_AT_MOST = 20
M = TypeVar("M", bound=Model)


def order(number: int, actor: Actor, at: datetime) -> OrderSummary:
    """One visible order. Raises Refusal(ORDER_UNKNOWN)."""
    return order_summary(visible_order(number, actor, at))


def product(number: int, actor: Actor, at: datetime) -> ProductSummary:
    """One visible product. Raises Refusal(PRODUCT_UNKNOWN)."""
    rows = Product.objects.filter(number=number) if fits(number) else Product.objects.none()
    row = rows.filter(pk__in=visible_products(actor, at)).select_related("order").first()
    if row is None:
        hidden = f"product:{number}" if rows.exists() else ""
        raise Refusal(Code.PRODUCT_UNKNOWN, hides=hidden)
    return _completed([product_summary(row, at)])[0]


def orders_for(actor: Actor, filters: OrderFilters, at: datetime) -> Page[OrderSummary]:
    """One page of the actor's orders; a page out of range gives the nearest one."""
    rows = filters.found(visible_orders(actor, at))
    return page_of(_pages(rows, filters), filters.page, order_summary)


def orders_of_keys(
    fingerprints: Sequence[str], numbers: Sequence[str], actor: Actor, at: datetime
) -> tuple[OrderSummary, ...]:
    """The actor's orders of these keys (SHA-256, hexadecimal) or numbers, the newest first."""
    digits = (n for n in numbers[:KEYS_AT_MOST] if n.isascii() and n.isdigit())
    wanted = [int(number) for number in digits if len(number) <= NUMBER_DIGITS]
    condition = Q(spki_sha256__in=fingerprints[:KEYS_AT_MOST]) | Q(number__in=wanted)
    rows = visible_orders(actor, at).filter(condition).order_by("-number")
    return tuple(map(order_summary, rows[: 2 * KEYS_AT_MOST]))


def orders_of_browser_keys(actor: Actor, at: datetime) -> tuple[OrderSummary, ...]:
    """The actor's orders whose certificate carries a key that a browser made, the newest first."""
    made = {"key_origin": "browser", "certificate_id__isnull": False}
    rows = visible_orders(actor, at).filter(**made).order_by("-number")
    return tuple(map(order_summary, rows[:BROWSER_KEYS_AT_MOST]))


def products_for(actor: Actor, filters: ProductFilters, at: datetime) -> Page[ProductSummary]:
    """One page of the actor's inventory; a page out of range gives the nearest one."""
    rows = filters.found(visible_products(actor, at), at)

    def summary(row: Product) -> ProductSummary:
        return product_summary(row, at)

    page = page_of(_pages(rows, filters), filters.page, summary)
    page.object_list = _completed(list(page.object_list))
    return page


def renewable(asked: OrderRequest, actor: Actor, at: datetime) -> ProductSummary | None:
    """The newest visible product of what an order names, if its renewal is open and not asked."""
    rows = visible_products(actor, at).filter(
        structure_id=str(asked.structure_id),
        offer=asked.offer.value,
        usage=asked.usage.value,
        beneficiary=beneficiary(asked),
        revoked_at=None,
        not_after__gt=at,
    )
    newest = [product_summary(row, at) for row in rows.order_by("-number")[:RENEWABLE_AT_MOST]]
    return next((p for p in renewals.with_heirs(newest) if _is_open(p, at)), None)


def counts(actor: Actor, at: datetime) -> dict[str, int]:
    """How many orders wait to be withdrawn, and products are about to expire."""
    expiring = state_condition(ProductState.EXPIRING, at)
    return {
        "available": visible_orders(actor, at).filter(state=OrderState.AVAILABLE.value).count(),
        "expiring": visible_products(actor, at).filter(expiring).count(),
    }


def draft(key: UUID, actor: Actor) -> OrderDraft:
    """The actor's own draft. Raises Refusal(ORDER_UNKNOWN) for anybody else's."""
    row = OrderDraft.objects.filter(key=key).first()
    if row is None or row.owner_ref != actor.ref:
        raise Refusal(Code.ORDER_UNKNOWN, hides=f"order-draft:{key}" if row else "")
    return row


def drafts_of(actor: Actor) -> tuple[OrderDraft, ...]:
    """Drafts begun and not finished, the last one first."""
    rows = OrderDraft.objects.filter(owner_ref=actor.ref, number=None).exclude(typed={})
    return tuple(rows.order_by("-updated_at")[:10])


def number_of(text: str) -> int:
    """A product's number as typed, or by its serial number; 0 when it is neither.

    For the revocation by code alone: it tells nothing of what exists.
    """
    typed = "".join(text.split())
    if typed.isascii() and typed.isdigit() and len(typed) <= NUMBER_DIGITS:
        return int(typed)
    digits = typed.replace(":", "").upper()[:64]
    serial = ":".join(digits[i : i + 2] for i in range(0, len(digits), 2))
    row = Product.objects.filter(serial_hex=serial).first() if serial.isascii() else None
    return row.number if row else 0


def fits(number: int) -> bool:
    """Whether a number can be one of ours."""
    return 0 < number < NUMBER_AT_MOST


def visible_order(number: int, actor: Actor, at: datetime) -> Order:
    """One row within the actor's reach. Raises Refusal(ORDER_UNKNOWN)."""
    rows = Order.objects.filter(number=number) if fits(number) else Order.objects.none()
    row = rows.filter(pk__in=visible_orders(actor, at)).select_related("product").first()
    if row is None:
        raise Refusal(Code.ORDER_UNKNOWN, hides=f"order:{number}" if rows.exists() else "")
    return row


def visible_orders(actor: Actor, at: datetime) -> QuerySet[Order]:
    """Orders within the actor's reach."""
    seen = Order.objects.filter(reach(actor, at).of_orders())
    return seen.select_related("product")


def visible_products(actor: Actor, at: datetime) -> QuerySet[Product]:
    """Products within the actor's reach."""
    seen = Product.objects.filter(reach(actor, at).of_products())
    return seen.select_related("order")


def order_summary(row: Order, product_number: int | None = None) -> OrderSummary:
    """The frozen value of a row."""
    if product_number is None and hasattr(row, "product"):
        product_number = row.product.number
    return OrderSummary(
        number=row.number,
        state=OrderState(row.state),
        channel=row.channel,
        language=row.language,
        offer=row.offer,
        usage=row.usage,
        structure_id=row.structure_id,
        structure_name=row.structure_name,
        service=row.service,
        fqdn=row.fqdn,
        mail=row.mail,
        person=PersonFacts(**row.person) if row.person else None,
        beneficiary=row.beneficiary,
        actor_email=row.actor_email,
        informed_email=row.informed_email,
        requester=row.requester_label,
        right_key=row.right_key,
        editor=row.editor_name,
        renewal_of=row.renewal_of,
        key_origin=row.key_origin,
        spki_sha256=row.spki_sha256,
        attempt=row.attempt,
        placed_at=row.placed_at,
        available_at=row.available_at,
        withdraw_before=row.withdraw_before,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
        ended_at=row.ended_at,
        failure=row.failure,
        certificate_id=row.certificate_id,
        product_number=product_number,
    )


def product_summary(row: Product, at: datetime) -> ProductSummary:
    """The frozen value of a row, its state told at this instant."""
    motive = row.revocation_motive
    return ProductSummary(
        number=row.number,
        state=product_state(is_revoked=row.revoked_at is not None, not_after=row.not_after, at=at),
        order=order_summary(row.order, row.number),
        certificate_id=row.certificate_id,
        serial_hex=row.serial_hex,
        issuer=row.issuer,
        subject=row.subject,
        not_before=row.not_before,
        not_after=row.not_after,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
        revocation_motive=RevocationMotive(motive) if motive else None,
        revocation_number=row.revocation_number,
        owner_name=row.owner_name,
        owner_email=row.owner_email,
        recalled_for=row.recalled_for,
    )


def _pages(rows: QuerySet[M], filters: OrderFilters | ProductFilters) -> "Paginator[M]":
    if filters.counts_all:
        return Paginator(rows, filters.page_size)
    return CappedPaginator(rows, filters.page_size, filters.counted_to)


def _is_open(product: ProductSummary, at: datetime) -> bool:
    return renewals.standing(product, at).state is RenewalState.OPEN


def _completed(products: Sequence[ProductSummary]) -> list[ProductSummary]:
    return labels.with_tags(renewals.with_heirs(products))

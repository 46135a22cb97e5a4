"""Orders and products as programs are told of them: by structure, or as somebody sees them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from guichet.domain.orders.incidents import OF_THE_KEY, IncidentState
from guichet.identities.actors import Actor
from guichet.orders import renewals
from guichet.orders.models import Incident, Order, Product, Touched
from guichet.orders.queries import (
    order_summary,
    product_summary,
    visible_orders,
    visible_products,
)
from guichet.orders.summaries import OrderSummary, ProductSummary


@dataclass(frozen=True, slots=True)
class Recall:
    """Some products of an incident, and whether the renewal of each wants a new key."""

    products: tuple[ProductSummary, ...]
    wants_new_key: bool


def orders_in(
    structure_ids: Collection[str], numbers: Collection[int]
) -> Mapping[int, OrderSummary]:
    """Those of these orders that are of these structures, by number."""
    rows = Order.objects.filter(number__in=numbers, structure_id__in=structure_ids)
    return {row.number: order_summary(row) for row in rows.select_related("product")}


def products_in(
    structure_ids: Collection[str], numbers: Collection[int], at: datetime
) -> Mapping[int, ProductSummary]:
    """Those of these products that are of these structures, by number, with their renewals."""
    rows = Product.objects.filter(number__in=numbers, order__structure_id__in=structure_ids)
    found = [product_summary(row, at) for row in rows.select_related("order")]
    return {product.number: product for product in renewals.with_heirs(found)}


def orders_seen(numbers: Collection[int], actor: Actor, at: datetime) -> frozenset[int]:
    """Those of these orders that somebody sees."""
    rows = visible_orders(actor, at).filter(number__in=numbers)
    return frozenset(rows.values_list("number", flat=True))


def products_seen(numbers: Collection[int], actor: Actor, at: datetime) -> frozenset[int]:
    """Those of these products that somebody sees."""
    rows = visible_products(actor, at).filter(number__in=numbers)
    return frozenset(rows.values_list("number", flat=True))


def recalled(
    incident: int, structure_ids: Collection[str], *, after: int, limit: int, at: datetime
) -> Recall:
    """The products of these structures that an incident recalls, past one number, in order.

    None once it is no longer about to revoke: there is nothing to tell of it then.
    """
    row = Incident.objects.filter(pk=incident, state=IncidentState.APPROVED.value).first()
    return _of_incident(row, structure_ids, (after, limit), at)


def called_off(
    incident: int, structure_ids: Collection[str], *, after: int, limit: int, at: datetime
) -> Recall:
    """As `recalled`, of an incident that was given up once it had recalled them.

    Those that another incident recalls are left out.
    """
    states = (IncidentState.CANCELLED.value,)
    row = Incident.objects.filter(pk=incident, state__in=states, decided_at__isnull=False).first()
    found = _of_incident(row, structure_ids, (after, limit), at)
    return Recall(found.products, wants_new_key=False)


def _of_incident(
    row: Incident | None, structure_ids: Collection[str], page: tuple[int, int], at: datetime
) -> Recall:
    if row is None or row.due_at is None:
        return Recall((), wants_new_key=False)
    after, limit = page
    touched = Touched.objects.filter(incident=row, order__isnull=False).values("order")
    is_recalled = row.state == IncidentState.APPROVED.value
    rows = Product.objects.filter(
        order__in=touched,
        order__structure_id__in=structure_ids,
        number__gt=after,
        revoked_at=None,
        recalled_for__isnull=not is_recalled,
    )
    found = rows.select_related("order").order_by("number")[:limit]
    products = renewals.with_heirs([product_summary(one, at) for one in found])
    return Recall(tuple(products), wants_new_key=row.reason in OF_THE_KEY)

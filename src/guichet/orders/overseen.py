"""All orders and products, as those who work at the counter oversee them, whatever their reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.paginator import Page
from django.db.models import Q

from guichet.domain.orders.incidents import IncidentState
from guichet.domain.orders.states import OrderState
from guichet.domain.refusals import Code, Refusal
from guichet.orders import searching
from guichet.orders.models import Incident, Order, Product
from guichet.orders.paging import FOUND_AT_MOST, CappedPaginator
from guichet.orders.queries import fits, order_summary, product_summary
from guichet.orders.summaries import OrderSummary, ProductSummary
from guichet.web.counts import Capped, capped
from guichet.web.listing import page_of

PAGE_SIZE: Final = 50
SEARCHED_AT_MOST: Final = 20
HORIZONS: Final = (30, 60, 90)
"""Days ahead that ends of products are looked for."""
UNSIGNED: Final = (OrderState.SUBMITTED.value, OrderState.ISSUING.value)


@dataclass(frozen=True, slots=True)
class Ending:
    """Products that end within so many days, and are not revoked."""

    days: int
    count: Capped


def by_state() -> Mapping[OrderState, Capped]:
    """How many orders stand in each state: a query a state, none reads further than its cap."""
    return {state: capped(Order.objects.filter(state=state.value)) for state in OrderState}


def oldest_unsigned() -> datetime | None:
    """Since when the order that has waited longest waits for its certificate; None: none does."""
    # By the index of states: by that of instants, every order ever placed might be looked at.
    rows = Order.objects.filter(state__in=UNSIGNED).order_by("state", "withdraw_before")
    return min(rows.values_list("placed_at", flat=True)[:FOUND_AT_MOST], default=None)


def failed_since(since: datetime) -> Capped:
    """How many orders failed since, and still are."""
    return capped(Order.objects.filter(ended_at__gte=since, state=OrderState.FAILED.value))


def endings(at: datetime) -> tuple[Ending, ...]:
    """Products that end within each horizon."""
    return tuple(Ending(days, capped(Product.objects.filter(_ends(at, days)))) for days in HORIZONS)


def incidents_proposed() -> int:
    """How many incidents wait for a second operator."""
    return Incident.objects.filter(state=IncidentState.PROPOSED.value).count()


def orders_in(state: OrderState, page: str) -> Page[OrderSummary]:
    """Orders in a state, the last ones first."""
    rows = Order.objects.filter(state=state.value).select_related("product").order_by("-number")
    return page_of(CappedPaginator(rows, PAGE_SIZE, FOUND_AT_MOST), page, order_summary)


def products_ending(days: int, page: str, at: datetime) -> Page[ProductSummary]:
    """Products that end within so many days, the first to end first."""
    rows: Any = Product.objects.filter(_ends(at, days)).select_related("order")
    pages = CappedPaginator(rows.order_by("not_after", "pk"), PAGE_SIZE, FOUND_AT_MOST)
    return page_of(pages, page, lambda row: product_summary(row, at))


def order(number: int) -> OrderSummary:
    """One order. Raises Refusal(ORDER_UNKNOWN)."""
    rows = Order.objects.filter(number=number) if fits(number) else Order.objects.none()
    row = rows.select_related("product").first()
    if row is None:
        raise Refusal(Code.ORDER_UNKNOWN)
    return order_summary(row)


def product(number: int, at: datetime) -> ProductSummary:
    """One product. Raises Refusal(PRODUCT_UNKNOWN)."""
    rows = Product.objects.filter(number=number) if fits(number) else Product.objects.none()
    row = rows.select_related("order").first()
    if row is None:
        raise Refusal(Code.PRODUCT_UNKNOWN)
    return product_summary(row, at)


def product_of_certificate(certificate_id: int) -> int | None:
    """The number of the product whose certificate it is; None when it is nobody's."""
    rows = Product.objects.filter(certificate_id=certificate_id)
    return rows.values_list("number", flat=True).first()


def has_order(number: int) -> bool:
    """Whether there is an order of this number."""
    return Order.objects.filter(number=number).exists()


def has_product(number: int) -> bool:
    """Whether there is a product of this number."""
    return Product.objects.filter(number=number).exists()


def has_incident(number: int) -> bool:
    """Whether there is an incident of this number."""
    return Incident.objects.filter(pk=number).exists()


def orders_found(words: Sequence[str]) -> tuple[OrderSummary, ...]:
    """The last orders that hold every word, as they are searched (searching.words)."""
    rows = searching.holding(Order.objects.select_related("product"), words)
    return tuple(map(order_summary, rows.order_by("-number")[:SEARCHED_AT_MOST]))


def products_found(words: Sequence[str], at: datetime) -> tuple[ProductSummary, ...]:
    """The last products that hold every word."""
    rows = searching.holding(Product.objects.select_related("order"), words)
    last = rows.order_by("-number")[:SEARCHED_AT_MOST]
    return tuple(product_summary(row, at) for row in last)


def incidents_found(words: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """Incidents whose title holds every word: number and title, the last ones first."""
    rows = Incident.objects.all()
    for word in words:
        rows = rows.filter(title__icontains=word)
    return tuple(rows.order_by("-pk").values_list("pk", "title")[:SEARCHED_AT_MOST])


def _ends(at: datetime, days: int) -> Q:
    return Q(not_after__gt=at, not_after__lte=at + timedelta(days=days), revoked_at=None)

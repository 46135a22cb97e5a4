"""Who watches over the end of products: a machine, people, or nobody. Counted by the database."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.core.paginator import Page
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from guichet.domain.orders.renewal import PENDING
from guichet.orders import renewals
from guichet.orders.models import Contact, Order, Product
from guichet.orders.paging import CappedPaginator, counted_to
from guichet.orders.policy import policy
from guichet.orders.queries import order_summary, product_summary
from guichet.orders.summaries import OrderSummary, ProductSummary
from guichet.orders.visibility import Reach
from guichet.web.listing import page_of

PAGE_SIZE: Final = 20
MACHINE: Final = "machine:"
PORTAL: Final = "portal"
ORDERS_SHOWN: Final = 10


class Watch(StrEnum):
    """Who watches over the end of a product; the values are those of addresses."""

    MACHINE = "automate"
    PEOPLE = "main"
    NOBODY = "personne"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchFilters:
    """What is looked at: `structure_id` empty for all; `is_soon`, what is to be renewed now.

    `machines` are references ("machine:<uuid>") of the accounts that may still renew.
    """

    machines: tuple[str, ...]
    structure_id: str = ""
    watch: Watch | None = None
    is_soon: bool = False
    page: str = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Products in service of one structure, watched in one way.

    `soon` of them may be renewed now and are not, `urgent` of those are at the policy's escalation.
    """

    structure_id: str
    watch: Watch
    total: int
    soon: int
    urgent: int


@dataclass(frozen=True, slots=True)
class Ends:
    """The products in service that one requester obtained, and when the first of them ends."""

    count: int
    first_at: datetime


def counts(found: Reach, filters: WatchFilters, at: datetime) -> tuple[Counted, ...]:
    """How many products in reach are watched, and how: one query, whatever their number."""
    soon = _to_renew(at, policy().renewal_opens)
    urgent = _to_renew(at, timedelta(days=policy().escalation_days))
    rows: QuerySet[Any] = _watched(found, filters, at).order_by()
    grouped = rows.values("structure_id", "watch").annotate(
        total=Count("pk"), soon=Count("pk", filter=soon), urgent=Count("pk", filter=urgent)
    )
    return tuple(Counted(**{**row, "watch": Watch(row["watch"])}) for row in grouped)


def products(found: Reach, filters: WatchFilters, at: datetime) -> Page[ProductSummary]:
    """One page of the products wanted, the first to end first."""
    rows: QuerySet[Any] = _watched(found, filters, at)
    if filters.watch is not None:
        rows = rows.filter(watch=filters.watch.value)
    if filters.is_soon:
        rows = rows.filter(_to_renew(at, policy().renewal_opens))
    ordered = rows.select_related("order").order_by("not_after", "number")

    def summary(row: Product) -> ProductSummary:
        return product_summary(row, at)

    pages = CappedPaginator(ordered, PAGE_SIZE, counted_to(is_narrowed=True))
    page = page_of(pages, filters.page, summary)
    page.object_list = renewals.with_heirs(page.object_list)
    return page


def ends_of(
    requesters: Collection[str], structure_ids: Collection[str], at: datetime
) -> Mapping[str, Ends]:
    """What machine accounts obtained and is in service, by the account's reference."""
    rows = _in_service(at).filter(
        structure_id__in=structure_ids, order__requester_ref__in=requesters
    )
    grouped: QuerySet[Any] = rows.order_by().values(requester=F("order__requester_ref"))
    counted = grouped.annotate(count=Count("pk"), first_at=Min("not_after"))
    return {row["requester"]: Ends(row["count"], row["first_at"]) for row in counted}


def orders_of(requester: str, structure_id: str) -> tuple[OrderSummary, ...]:
    """The last orders that a machine account placed for its structure, the newest first."""
    rows = Order.objects.filter(structure_id=structure_id, requester_ref=requester)
    last = rows.select_related("product").order_by("-number")[:ORDERS_SHOWN]
    return tuple(map(order_summary, last))


def requester_of(number: int) -> str:
    """The reference of whoever placed an order, as the journal writes it."""
    return Order.objects.values_list("requester_ref", flat=True).get(number=number)


def _watched(found: Reach, filters: WatchFilters, at: datetime) -> QuerySet[Product]:
    rows = _in_service(at).filter(found.of_products())
    if filters.structure_id:
        rows = rows.filter(structure_id=filters.structure_id)
    reached = Contact.objects.filter(order=OuterRef("order"), bounced_at=None, left_at=None)
    watch = Case(
        When(order__requester_ref__in=filters.machines, then=Value(Watch.MACHINE.value)),
        When(Exists(reached), then=Value(Watch.PEOPLE.value)),
        default=Value(Watch.NOBODY.value),
        output_field=CharField(),
    )
    return rows.annotate(watch=watch)


def _in_service(at: datetime) -> QuerySet[Product]:
    """Neither revoked nor over nor replaced.

    A machine that orders anew, and does not say what it renews, replaces what it obtained for the
    same name.
    """
    successor = Order.objects.filter(
        renewal_of=OuterRef("number"), state="withdrawn", product__revoked_at=None
    )
    newer = Product.objects.filter(
        structure_id=OuterRef("structure_id"),
        usage=OuterRef("usage"),
        beneficiary=OuterRef("beneficiary"),
        number__gt=OuterRef("number"),
        revoked_at=None,
        offer=OuterRef("offer"),
        order__requester_ref=OuterRef("order__requester_ref"),
    )
    kept = Q(order__channel=PORTAL) | ~Q(order__requester_ref__startswith=MACHINE) | ~Exists(newer)
    rows = Product.objects.filter(revoked_at=None, not_after__gt=at)
    return rows.filter(kept).filter(~Exists(successor))


def _to_renew(at: datetime, before: timedelta) -> Q:
    """Ends within this delay, and no renewal is under way."""
    pending = Order.objects.filter(
        renewal_of=OuterRef("number"), state__in=sorted(state.value for state in PENDING)
    )
    return Q(not_after__lte=at + before) & Q(~Exists(pending))

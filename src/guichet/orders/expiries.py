"""What expires, month by month: counted by the database, however long the inventory."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.core.paginator import Page
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from guichet.domain.months import first_days, months_after
from guichet.domain.orders.renewal import ALIVE
from guichet.habilitations import queries as habilitations
from guichet.identities.actors import Actor
from guichet.orders import renewals
from guichet.orders.models import Order, Product
from guichet.orders.paging import CappedPaginator, counted_to
from guichet.orders.queries import product_summary
from guichet.orders.summaries import ProductSummary
from guichet.orders.visibility import Reach, reach
from guichet.web.days import midnight
from guichet.web.listing import page_of

MONTHS: Final = 12
PAGE_SIZE: Final = 20
STRUCTURES_AT_MOST: Final = 50
HEIGHT: Final = 120
WIDTH: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryFilters:
    """What the page is narrowed to: a structure and an offer, empty for all; a month for the list.

    `month` is its first day, None for the whole period.
    """

    structure_id: str = ""
    offer: str = ""
    month: date | None = None
    page: str = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """Products that end in one month: `renewed` have a successor, asked for or withdrawn.

    `offset`, `left` and `done` place its bar in the picture: heights out of HEIGHT.
    """

    first: date
    total: int
    renewed: int
    offset: int
    left: int
    done: int

    @property
    def to_renew(self) -> int:
        """Those without a successor."""
        return self.total - self.renewed

    @property
    def top(self) -> int:
        """Where the part without a successor begins, from above."""
        return HEIGHT - self.left - self.done

    @property
    def label(self) -> int:
        """Where its count is written, just above the bar."""
        return self.top - 3

    @property
    def middle(self) -> int:
        """Where the part with a successor begins, from above."""
        return HEIGHT - self.done


@dataclass(frozen=True, slots=True)
class StructureEnds:
    """What expires of one structure in the period, and when first."""

    national_id: str
    legal_name: str
    total: int
    first_at: datetime


@dataclass(frozen=True, slots=True)
class Expiries:
    """The page: the period by month, by structure where several are seen, and the list."""

    months: tuple[Month, ...]
    structures: tuple[StructureEnds, ...]
    page: Page[ProductSummary]

    @property
    def total(self) -> int:
        """Products that end in the period."""
        return sum(month.total for month in self.months)


def expiries(actor: Actor, filters: ExpiryFilters, at: datetime) -> Expiries:
    """What ends in the twelve months from this one, among the actor's products."""
    rows = _ending(reach(actor, at), filters, at)
    by_structure = () if filters.structure_id else _structures(rows)
    return Expiries(_months(rows, at), by_structure, _page(rows, filters, at))


def ending(found: Reach, structure_id: str, at: datetime) -> QuerySet[Product]:
    """Products in reach, neither revoked nor over nor replaced, the first to end first."""
    rows = _visible(found, ExpiryFilters(structure_id=structure_id)).filter(not_after__gt=at)
    return rows.filter(~Exists(_successors(withdrawn=True))).order_by("not_after", "number")


def period(at: datetime) -> tuple[date, ...]:
    """The first days of MONTHS months, from the present one, and of the one after."""
    return first_days(timezone.localtime(at).date(), 0, MONTHS + 1)


def _visible(found: Reach, filters: ExpiryFilters) -> QuerySet[Product]:
    rows = Product.objects.filter(found.of_products(), revoked_at=None)
    if filters.structure_id:
        rows = rows.filter(structure_id=filters.structure_id)
    return rows.filter(offer=filters.offer) if filters.offer else rows


def _ending(found: Reach, filters: ExpiryFilters, at: datetime) -> QuerySet[Product]:
    months = period(at)
    return _visible(found, filters).filter(not_after__gt=at, not_after__lt=midnight(months[-1]))


def _successors(*, withdrawn: bool = False) -> QuerySet[Order]:
    """Orders that renew the product of the outer query, and count."""
    states = ["withdrawn"] if withdrawn else sorted(ALIVE)
    alive = Q(product=None) | Q(product__revoked_at=None)
    return Order.objects.filter(alive, renewal_of=OuterRef("number"), state__in=states)


def _months(rows: QuerySet[Product], at: datetime) -> tuple[Month, ...]:
    total = _counted(rows)
    renewed = _counted(rows.filter(Exists(_successors())))
    highest = max(total.values(), default=0)
    return tuple(
        _month(place, first, (total.get(first, 0), renewed.get(first, 0)), highest)
        for place, first in enumerate(period(at)[:-1])
    )


def _counted(rows: QuerySet[Product]) -> Mapping[date, int]:
    by_month: QuerySet[Any] = rows.annotate(month=TruncMonth("not_after")).order_by()
    found = by_month.values("month").annotate(n=Count("pk"))
    return {timezone.localtime(row["month"]).date(): row["n"] for row in found}


def _month(place: int, first: date, counts: tuple[int, int], highest: int) -> Month:
    total, renewed = counts
    done = _height(renewed, highest)
    left = _height(total - renewed, highest)
    return Month(
        first=first, total=total, renewed=renewed, offset=place * WIDTH, left=left, done=done
    )


def _height(count: int, highest: int) -> int:
    """What is there is seen, however little beside the highest."""
    return max(3, round(HEIGHT * count / highest)) if count else 0


def _structures(rows: QuerySet[Any]) -> tuple[StructureEnds, ...]:
    """The structures where something ends, the first to end first."""
    grouped: QuerySet[Any] = rows.order_by().values("structure_id")
    counted = grouped.annotate(total=Count("pk"), first_at=Min("not_after"))
    found = list(counted.order_by("first_at", "structure_id")[:STRUCTURES_AT_MOST])
    facts = habilitations.structures(row["structure_id"] for row in found)
    named = {national_id: structure.legal_name for national_id, structure in facts.items()}
    return tuple(
        StructureEnds(
            national_id=row["structure_id"],
            legal_name=named.get(row["structure_id"], ""),
            total=row["total"],
            first_at=row["first_at"],
        )
        for row in found
    )


def _page(rows: QuerySet[Product], filters: ExpiryFilters, at: datetime) -> Page[ProductSummary]:
    if filters.month is not None:
        after = months_after(filters.month, 1)
        rows = rows.filter(not_after__gte=midnight(filters.month), not_after__lt=midnight(after))
    ordered = rows.select_related("order").order_by("not_after", "number")

    def summary(row: Product) -> ProductSummary:
        return product_summary(row, at)

    page = page_of(
        CappedPaginator(ordered, PAGE_SIZE, counted_to(is_narrowed=False)), filters.page, summary
    )
    page.object_list = renewals.with_heirs(page.object_list)
    return page

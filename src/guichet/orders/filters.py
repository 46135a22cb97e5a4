"""What lists can be narrowed by; unknown values narrow nothing and are never an error."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from guichet.authority import fingerprints
from guichet.domain.certificates import fingerprints as texts
from guichet.domain.months import months_after
from guichet.domain.orders.states import EXPIRING_BEFORE, OrderState, ProductState
from guichet.domain.texts import folded
from guichet.orders import searching
from guichet.orders.models import Order, Product, Tagging
from guichet.orders.paging import counted_to
from guichet.web.days import midnight


class Owned(StrEnum):
    """Whether somebody answers for a product."""

    NOBODY = "sans"
    SOMEBODY = "avec"


class Validity(StrEnum):
    """Periods of the deck's filter "Valide"."""

    TODAY = "aujourdhui"
    WEEK = "semaine"
    MONTH = "mois"
    BETWEEN = "intervalle"


ORDER_SORTS: Final = ("number", "placed_at", "beneficiary", "state")
PRODUCT_SORTS: Final = ("number", "not_after", "beneficiary", "usage")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilters:
    """Filters of the list of orders. `sort`: a field of ORDER_SORTS, "-" before: descending.

    `counts_all` counts every row found, else no more than anybody reads.
    """

    text: str = ""
    offer: str = ""
    usage: str = ""
    states: tuple[OrderState, ...] = ()
    structure_id: str = ""
    sort: str = "-number"
    page: str = "1"
    page_size: int = 20
    counts_all: bool = False

    def condition(self) -> Q:
        """The rows of Order wanted."""
        wanted = _scope(self.offer, self.usage, self.structure_id)
        if self.states:
            wanted &= Q(state__in=[state.value for state in self.states])
        return wanted

    def found(self, rows: QuerySet[Order]) -> QuerySet[Order]:
        """The rows wanted among these, in order."""
        narrowed = searching.holding(rows.filter(self.condition()), searching.words(self.text))
        return narrowed.order_by(self.ordering(), "-number")

    @property
    def counted_to(self) -> int:
        """How far the rows found are counted."""
        is_narrowed = bool(self.offer or self.usage)
        return counted_to(is_narrowed=is_narrowed, is_searched=bool(self.text))

    def ordering(self) -> str:
        """A known field; the newest first otherwise."""
        return self.sort if self.sort.removeprefix("-") in ORDER_SORTS else "-number"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFilters:
    """Filters of the inventory. `after` and `before` bound the interval, both days included.

    `tag` is a tag's name, in any case; `owner_email` is one address exactly; `number` is one
    product's, `without` those of products left out. `counts_all` as above.
    """

    text: str = ""
    offer: str = ""
    usage: str = ""
    state: ProductState | None = None
    structure_id: str = ""
    validity: Validity | None = None
    after: date | None = None
    before: date | None = None
    only_revocable: bool = False
    tag: str = ""
    owned: Owned | None = None
    owner_email: str = ""
    number: int | None = None
    without: Collection[int] = ()
    sort: str = "-number"
    page: str = "1"
    page_size: int = 20
    counts_all: bool = False

    def condition(self, at: datetime) -> Q:
        """The rows of Product wanted, at this instant."""
        wanted = _scope(self.offer, self.usage, self.structure_id) & self._labels()
        if self.state is not None:
            wanted &= state_condition(self.state, at)
        if self.only_revocable:
            wanted &= Q(revoked_at=None, not_after__gt=at)
        if self.number is not None:
            wanted &= Q(number=self.number)
        if self.without:
            wanted &= ~Q(number__in=self.without)
        start, end = self.interval(at)
        if start is not None:
            wanted &= Q(not_after__gt=start) & (Q(revoked_at=None) | Q(revoked_at__gt=start))
        if end is not None:
            wanted &= Q(not_before__lt=end)
        return wanted

    def _labels(self) -> Q:
        wanted = Q()
        if self.tag:
            tagged = Tagging.objects.filter(tag__folded=folded(self.tag))
            wanted &= Q(pk__in=tagged.values("product"))
        if self.owned is Owned.NOBODY:
            wanted &= Q(owner_email="")
        elif self.owned is Owned.SOMEBODY:
            wanted &= Q(owner_email__gt="")
        if self.owner_email:
            wanted &= Q(owner_email__iexact=self.owner_email)
        return wanted

    def interval(self, at: datetime) -> tuple[datetime | None, datetime | None]:
        """The half-open period in which a product must have been valid at some instant."""
        today = timezone.localtime(at).date()
        if self.validity is Validity.TODAY:
            return midnight(today), midnight(today + timedelta(days=1))
        if self.validity is Validity.WEEK:
            monday = today - timedelta(days=today.weekday())
            return midnight(monday), midnight(monday + timedelta(days=7))
        if self.validity is Validity.MONTH:
            first = today.replace(day=1)
            return midnight(first), midnight(months_after(first, 1))
        if self.validity is Validity.BETWEEN:
            return (
                midnight(self.after) if self.after else None,
                midnight(self.before + timedelta(days=1)) if self.before else None,
            )
        return None, None

    def found(self, rows: QuerySet[Product], at: datetime) -> QuerySet[Product]:
        """The rows wanted among these, in order; a fingerprint finds what bears it."""
        wanted = rows.filter(self.condition(at))
        if asked := texts.read(self.text):
            bearing = fingerprints.certificate_ids(asked)
            return wanted.filter(certificate_id__in=bearing).order_by(self.ordering(), "-number")
        narrowed = searching.holding(wanted, searching.words(self.text))
        return narrowed.order_by(self.ordering(), "-number")

    @property
    def counted_to(self) -> int:
        """How far the rows found are counted."""
        narrowed = (self.offer, self.usage, self.state, self.tag, self.owned, self.validity)
        return counted_to(is_narrowed=any(narrowed), is_searched=bool(self.text))

    def ordering(self) -> str:
        """A known field; the newest first otherwise."""
        return self.sort if self.sort.removeprefix("-") in PRODUCT_SORTS else "-number"


def state_condition(state: ProductState, at: datetime) -> Q:
    """Rows of Product in a state; the same rule as domain.orders.states.product_state."""
    if state is ProductState.REVOKED:
        return ~Q(revoked_at=None)
    if state is ProductState.EXPIRED:
        return Q(revoked_at=None, not_after__lte=at)
    if state is ProductState.EXPIRING:
        return Q(revoked_at=None, not_after__gt=at, not_after__lte=at + EXPIRING_BEFORE)
    return Q(revoked_at=None, not_after__gt=at + EXPIRING_BEFORE)


def _scope(offer: str, usage: str, structure_id: str) -> Q:
    asked = {"offer": offer, "usage": usage, "structure_id": structure_id}
    return Q(**{name: value for name, value in asked.items() if value})

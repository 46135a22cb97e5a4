"""What lists can be narrowed by; unknown values narrow nothing and are never an error."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import Q
from django.utils import timezone

from guichet.domain.orders.states import EXPIRING_BEFORE, OrderState, ProductState
from guichet.habilitations.structures import folded


class Validity(StrEnum):
    """Periods of the deck's filter "Valide"."""

    TODAY = "aujourdhui"
    WEEK = "semaine"
    MONTH = "mois"
    BETWEEN = "intervalle"


ORDER_SORTS: Final = ("number", "placed_at", "beneficiary", "state")
PRODUCT_SORTS: Final = ("number", "not_after", "order__beneficiary", "order__usage")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilters:
    """Filters of the list of orders. `sort`: a field of ORDER_SORTS, "-" before: descending."""

    text: str = ""
    offer: str = ""
    usage: str = ""
    states: tuple[OrderState, ...] = ()
    structure_id: str = ""
    sort: str = "-number"
    page: str = "1"
    page_size: int = 20

    def condition(self) -> Q:
        """The rows of Order wanted."""
        wanted = _scope(self.offer, self.usage, self.structure_id)
        if self.states:
            wanted &= Q(state__in=[state.value for state in self.states])
        return wanted & _text(self.text)

    def ordering(self) -> str:
        """A known field; the newest first otherwise."""
        return self.sort if self.sort.removeprefix("-") in ORDER_SORTS else "-number"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFilters:
    """Filters of the inventory. `after` and `before` bound the interval, both days included."""

    text: str = ""
    offer: str = ""
    usage: str = ""
    state: ProductState | None = None
    structure_id: str = ""
    validity: Validity | None = None
    after: date | None = None
    before: date | None = None
    only_revocable: bool = False
    sort: str = "-number"
    page: str = "1"
    page_size: int = 20

    def condition(self, at: datetime) -> Q:
        """The rows of Product wanted, at this instant."""
        wanted = _scope(self.offer, self.usage, self.structure_id, "order__")
        if self.state is not None:
            wanted &= state_condition(self.state, at)
        if self.only_revocable:
            wanted &= Q(revoked_at=None, not_after__gt=at)
        start, end = self.interval(at)
        if start is not None:
            wanted &= Q(not_after__gt=start) & (Q(revoked_at=None) | Q(revoked_at__gt=start))
        if end is not None:
            wanted &= Q(not_before__lt=end)
        return wanted & _product_text(self.text)

    def interval(self, at: datetime) -> tuple[datetime | None, datetime | None]:
        """The half-open period in which a product must have been valid at some instant."""
        today = timezone.localtime(at).date()
        if self.validity is Validity.TODAY:
            return _day(today), _day(today + timedelta(days=1))
        if self.validity is Validity.WEEK:
            monday = today - timedelta(days=today.weekday())
            return _day(monday), _day(monday + timedelta(days=7))
        if self.validity is Validity.MONTH:
            first = today.replace(day=1)
            return _day(first), _day((first + timedelta(days=32)).replace(day=1))
        if self.validity is Validity.BETWEEN:
            return (
                _day(self.after) if self.after else None,
                _day(self.before + timedelta(days=1)) if self.before else None,
            )
        return None, None

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


def _day(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _scope(offer: str, usage: str, structure_id: str, prefix: str = "") -> Q:
    asked = {"offer": offer, "usage": usage, "structure_id": structure_id}
    return Q(**{prefix + name: value for name, value in asked.items() if value})


def _text(text: str, prefix: str = "") -> Q:
    wanted = Q()
    for word in folded(text).split():
        wanted &= Q(**{f"{prefix}search_text__contains": word})
    return wanted


def _product_text(text: str) -> Q:
    """Words of the order, the product's number, or its serial with or without colons."""
    squeezed = "".join(text.split()).replace(":", "").upper()
    if not squeezed:
        return Q()
    serial = ":".join(squeezed[i : i + 2] for i in range(0, len(squeezed), 2))
    wanted = _text(text, "order__") | Q(serial_hex__contains=serial)
    if squeezed.isascii() and squeezed.isdigit() and len(squeezed) <= 15:
        wanted |= Q(number=int(squeezed))
    return wanted

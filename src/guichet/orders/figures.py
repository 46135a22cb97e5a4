"""What happened to orders and products by day: read where it was counted, counted where not yet."""

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Substr, TruncDate
from django.utils import timezone

from guichet.domain.identifiers import StructureIdKind
from guichet.domain.orders import delays
from guichet.domain.orders.states import OrderState
from guichet.orders.models import Counter, Order, OrderDay, Product
from guichet.web.days import midnight

SERIES: Final = "counted-days"
MEASURES: Final = (
    "placed",
    "available",
    "withdrawn",
    "failed",
    "cancelled",
    "revoked",
    "ended",
    "renewed",
)
KINDS: Final = frozenset(StructureIdKind)


class Group(NamedTuple):
    """What is counted together; `structure_kind` is a StructureIdKind by value."""

    day: date
    offer: str
    usage: str
    channel: str
    structure_kind: str


@dataclass(slots=True)
class Figures:
    """How many of each measure, and delays from order to availability by step."""

    counts: Tally[str] = field(default_factory=Tally)
    delays: Tally[int] = field(default_factory=Tally)

    def add(self, other: "Figures") -> None:
        """Add what another group counted."""
        self.counts.update(other.counts)
        self.delays.update(other.delays)

    def percentile(self, hundredths: int) -> timedelta | None:
        """The delay that so many hundredths of orders do not exceed; None of none."""
        return delays.percentile(self.delays, hundredths)


Counted = Mapping[Group, Figures]


def between(since: date, until: date) -> Counted:
    """Everything of these days, both included: two queries where all was counted, else eight more.

    Days that the clerk has not counted yet are counted here, by indexes on their instants.
    """
    rows = OrderDay.objects.filter(day__gte=since, day__lte=until)
    found = dict(map(_read, rows))
    counted = counted_to()
    first = max(since, counted + timedelta(days=1)) if counted else since
    return found | dict(count(first, until)) if first <= until else found


def counted_to() -> date | None:
    """The last day that was counted; None before the first."""
    last = Counter.objects.filter(series=SERIES).values_list("last", flat=True).first()
    return date.fromordinal(last) if last else None


def count(since: date, until: date) -> Counted:
    """Count what happened on these days, both included."""
    found: defaultdict[Group, Figures] = defaultdict(Figures)
    for measure, field_name, rows in _measured(since, until):
        for group, n in _grouped(rows, field_name):
            found[group].counts[measure] += n
    for group, delay in _delays(since, until):
        found[group].delays[delays.step_of(delay)] += 1
    return found


def added(counted: Iterable[Figures]) -> Figures:
    """The sum of several."""
    whole = Figures()
    for one in counted:
        whole.add(one)
    return whole


def _measured(since: date, until: date) -> Iterable[tuple[str, str, QuerySet[Any]]]:
    over = Order.objects.filter(_within("ended_at", since, until))
    products = Product.objects.filter(_within("not_after", since, until), revoked_at=None)
    renewal = Order.objects.filter(
        renewal_of=OuterRef("number"), available_at__lt=OuterRef("not_after")
    )
    yield "placed", "placed_at", Order.objects.filter(_within("placed_at", since, until))
    yield "available", "available_at", Order.objects.filter(_within("available_at", since, until))
    yield "withdrawn", "withdrawn_at", Order.objects.filter(_within("withdrawn_at", since, until))
    yield "failed", "ended_at", over.filter(state=OrderState.FAILED.value)
    yield "cancelled", "ended_at", over.filter(state=OrderState.CANCELLED.value)
    yield "revoked", "revoked_at", Product.objects.filter(_within("revoked_at", since, until))
    yield "ended", "not_after", products
    yield "renewed", "not_after", products.filter(Exists(renewal))


def _within(field_name: str, since: date, until: date) -> Q:
    ends = midnight(until + timedelta(days=1))
    return Q(**{f"{field_name}__gte": midnight(since), f"{field_name}__lt": ends})


def _grouped(rows: QuerySet[Any], field_name: str) -> Iterable[tuple[Group, int]]:
    channel = "order__channel" if rows.model is Product else "channel"
    columns = ("day", "offer", "usage", "via", "kind")
    named = rows.annotate(
        day=TruncDate(field_name), via=F(channel), kind=Substr("structure_id", 1, 1)
    )
    for *key, n in named.values_list(*columns).annotate(n=Count("pk")).order_by():
        yield _group(*key), n


def _delays(since: date, until: date) -> Iterable[tuple[Group, timedelta]]:
    """Of orders of one key only: another key begins the wait anew."""
    rows = Order.objects.filter(_within("available_at", since, until), attempt=1)
    names = ("available_at", "offer", "usage", "channel", "structure_id", "placed_at")
    for at, offer, usage, channel, structure, placed in rows.values_list(*names).iterator():
        yield _group(timezone.localdate(at), offer, usage, channel, structure[:1]), at - placed


def _group(day: date, offer: str, usage: str, channel: str, first: str) -> Group:
    return Group(day, offer, usage, channel, first if first in KINDS else "")


def _read(row: OrderDay) -> tuple[Group, Figures]:
    group = Group(row.day, row.offer, row.usage, row.channel, row.structure_kind)
    counts = Tally({name: n for name in MEASURES if (n := getattr(row, name))})
    return group, Figures(counts, Tally({int(step): n for step, n in row.delays.items()}))

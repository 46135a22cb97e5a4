"""How far the holders of an incident's certificates are: renewed, about to be, or not yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from guichet.domain.orders.renewal import PENDING
from guichet.domain.orders.states import OrderState
from guichet.habilitations import queries as habilitations
from guichet.orders.models import Contact, Order, Touched

IN_HANDS: Final = (OrderState.ISSUING.value, OrderState.AVAILABLE.value, OrderState.WITHDRAWN.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many certificates of a structure are renewed, asked again, or neither.

    `unreachable` are those not renewed whose contacts' mailboxes all refuse: nobody is told.
    """

    structure_id: str
    name: str
    count: int
    renewed: int
    pending: int
    unreachable: int

    @property
    def left(self) -> int:
        """Those for which nothing was done."""
        return self.count - self.renewed - self.pending


def with_renewals(rows: QuerySet[Touched]) -> QuerySet[Any]:
    """Rows of one incident, each told whether it `is_renewed`, `is_pending`, `is_reached`.

    A successor that the incident touches too is none. An order never withdrawn is renewed by
    another key.
    """
    heirs = Order.objects.filter(renewal_of=OuterRef("order__product__number"))
    also = Touched.objects.filter(incident=OuterRef(OuterRef("incident")), order=OuterRef("pk"))
    heirs = heirs.filter(~Exists(also))
    in_hand = heirs.filter(state=OrderState.WITHDRAWN.value, product__revoked_at=None)
    asked = heirs.filter(state__in=sorted(PENDING))
    other_key = Q(order__certificate_id__isnull=False) & ~Q(
        order__certificate_id=F("certificate_id")
    )
    reached = Contact.objects.filter(order=OuterRef("order"), bounced_at=None)
    told: QuerySet[Any] = rows.filter(order__isnull=False).annotate(
        is_renewed=Q(Exists(in_hand)) | other_key,
        is_pending=Q(Exists(asked)) | Q(order__state=OrderState.ISSUING.value),
        is_reached=Exists(reached),
    )
    return told


def by_structure(incident: int) -> QuerySet[Any]:
    """The counts of each structure, what is left first; `progress` reads them."""
    rows = with_renewals(Touched.objects.filter(incident=incident))
    renewed = Q(is_renewed=True)
    pending = Q(is_renewed=False, is_pending=True)
    left = Q(is_renewed=False, is_pending=False)
    counted: QuerySet[Any] = (
        rows.order_by()
        .values("structure_id")
        .annotate(
            count=Count("pk"),
            renewed=Count("pk", filter=renewed),
            pending=Count("pk", filter=pending),
            left=Count("pk", filter=left),
            unreachable=Count("pk", filter=left & Q(is_reached=False)),
        )
        .order_by("-left", "structure_id")
    )
    return counted


def total(incident: int) -> Progress:
    """The counts of all structures together."""
    sums = {name: Sum(name) for name in ("count", "renewed", "pending", "unreachable")}
    found = by_structure(incident).aggregate(**{f"all_{name}": one for name, one in sums.items()})
    counts = {name: found[f"all_{name}"] or 0 for name in sums}
    return Progress(structure_id="", name="", **counts)


def progress(rows: list[Any]) -> Iterator[Progress]:
    """Some rows of `by_structure`, with the names of the structures."""
    facts = habilitations.structures({row["structure_id"] for row in rows})
    for row in rows:
        found = facts.get(row["structure_id"])
        yield Progress(
            structure_id=row["structure_id"],
            name=found.legal_name if found else "",
            count=row["count"],
            renewed=row["renewed"],
            pending=row["pending"],
            unreachable=row["unreachable"],
        )


def orders_to_call(incident: int) -> list[int]:
    """Orders whose certificate will be revoked and that nothing replaces yet."""
    rows = with_renewals(Touched.objects.filter(incident=incident))
    left = rows.filter(is_renewed=False, is_pending=False, order__state__in=IN_HANDS)
    return list(left.order_by("pk").values_list("order", flat=True))


def orders_called(incident: int) -> list[int]:
    """Every order of an incident that somebody holds."""
    rows = Touched.objects.filter(incident=incident, order__state__in=IN_HANDS)
    return [pk for pk in rows.order_by("pk").values_list("order", flat=True) if pk is not None]

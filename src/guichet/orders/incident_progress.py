"""How far the holders of an incident's certificates are: renewed, about to be, or not yet."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from guichet.domain.orders.renewal import PENDING
from guichet.domain.orders.states import OrderState
from guichet.habilitations import queries as habilitations
from guichet.orders.models import Contact, Order, Touched

CHUNK: Final = 2000
COUNTED: Final = ("count", "renewed", "pending", "unreachable")
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


def by_structure(incident: int) -> list[Progress]:
    """The counts of each structure, what is left first, without their names."""
    rows = with_renewals(Touched.objects.filter(incident=incident))
    read = rows.values_list("structure_id", "is_renewed", "is_pending", "is_reached")
    counts: dict[str, Counter[str]] = {}
    for structure_id, is_renewed, is_pending, is_reached in read.iterator(CHUNK):
        found = counts.setdefault(structure_id, Counter())
        found["count"] += 1
        found["renewed"] += is_renewed
        found["pending"] += is_pending and not is_renewed
        found["unreachable"] += not (is_renewed or is_pending or is_reached)
    found_all = [_progress(name, found) for name, found in counts.items()]
    return sorted(found_all, key=lambda one: (-one.left, one.structure_id))


def total(several: Iterable[Progress]) -> Progress:
    """The counts of all structures together."""
    sums: Counter[str] = Counter()
    for one in several:
        sums.update({name: getattr(one, name) for name in COUNTED})
    return _progress("", sums)


def named(several: Sequence[Progress]) -> list[Progress]:
    """The same, with the names of the structures."""
    facts = habilitations.structures({one.structure_id for one in several})
    names = {national_id: found.legal_name for national_id, found in facts.items()}
    return [replace(one, name=names.get(one.structure_id, "")) for one in several]


def _progress(structure_id: str, counts: Mapping[str, int]) -> Progress:
    return Progress(structure_id=structure_id, name="", **{n: counts[n] for n in COUNTED})


def orders_to_call(incident: int) -> list[int]:
    """Orders whose certificate will be revoked and that nothing replaces yet."""
    rows = with_renewals(Touched.objects.filter(incident=incident))
    left = rows.filter(is_renewed=False, is_pending=False, order__state__in=IN_HANDS)
    return list(left.order_by("pk").values_list("order", flat=True))


def orders_called(incident: int) -> list[int]:
    """Every order of an incident that somebody holds."""
    rows = Touched.objects.filter(incident=incident, order__state__in=IN_HANDS)
    return [pk for pk in rows.order_by("pk").values_list("order", flat=True) if pk is not None]

"""Looking for the certificates of an incident, some at a time: what the authority knows of them,
then what their orders say.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from guichet.authority import exposure
from guichet.authority.exposure import Exposed
from guichet.domain.orders.criteria import Criteria
from guichet.orders.models import Order

# How many certificates are looked at in one go: their keys are read out of them, then judged.
PLAIN, OPENED, JUDGED = 2000, 1000, 100
PREVIEWED: Final = 2
"""Goes of a preview: a page is waited for; the whole is looked for by the clerk."""
SAMPLE: Final = 10


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """The order that a certificate answered."""

    pk: int
    number: int
    structure_id: str
    beneficiary: str


@dataclass(frozen=True, slots=True)
class Match:
    """A certificate that an incident touches; no order when nobody ordered it."""

    certificate: Exposed
    order: OrderFacts | None


@dataclass(frozen=True, slots=True)
class Looked:
    """What one go found; everything up to `last` was looked at."""

    last: int
    count: int
    found: tuple[Match, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What criteria would find, told before anything is stored.

    When `is_whole` is false, only the `looked_at` oldest certificates were looked at.
    """

    count: int
    looked_at: int
    is_whole: bool
    structures: Mapping[str, int] = field(default_factory=dict)
    profiles: Mapping[str, int] = field(default_factory=dict)
    authorities: Mapping[str, int] = field(default_factory=dict)
    sample: tuple[Match, ...] = ()


def size(criteria: Criteria) -> int:
    """How many certificates are looked at in one go."""
    if criteria.weakness:
        return JUDGED
    return OPENED if criteria.reads_keys else PLAIN


def look(criteria: Criteria, *, after: int, until: int, at: datetime) -> Looked:
    """Look at some certificates after one, none past another."""
    limit = size(criteria)
    ids = _candidates(criteria, after=after, until=until, limit=limit, at=at)
    orders = _orders_of(criteria, ids)
    found = (
        Match(one, orders.get(one.certificate_id)) for one in exposure.exposed(criteria, ids, at)
    )
    kept = tuple(m for m in found if m.order is not None or not criteria.reads_orders)
    return Looked(ids[-1] if len(ids) == limit else until, len(ids), kept)


def preview(criteria: Criteria, at: datetime) -> Preview:
    """What the criteria find among the first certificates they may find."""
    until = exposure.newest()
    goes = list(_goes(criteria, until, at))
    found = [match for go in goes for match in go.found]
    return Preview(
        count=len(found),
        looked_at=sum(go.count for go in goes),
        is_whole=not goes or goes[-1].last >= until,
        structures=_counted(m.order.structure_id if m.order else "" for m in found),
        profiles=_counted(m.certificate.profile for m in found),
        authorities=_counted(m.certificate.authority for m in found),
        sample=tuple(found[:SAMPLE]),
    )


def newer(criteria: Criteria, *, after: int, at: datetime) -> Preview:
    """What the criteria find among certificates issued since a search."""
    until = after if criteria.serials else exposure.newest()
    go = look(criteria, after=after, until=until, at=at) if until > after else None
    if go is None:
        return Preview(count=0, looked_at=0, is_whole=True)
    return Preview(count=len(go.found), looked_at=go.count, is_whole=go.last >= until)


def _goes(criteria: Criteria, until: int, at: datetime) -> Iterator[Looked]:
    after = 0
    for _go in range(PREVIEWED):
        if after >= until:
            return
        found = look(criteria, after=after, until=until, at=at)
        after = found.last
        yield found


def _candidates(
    criteria: Criteria, *, after: int, until: int, limit: int, at: datetime
) -> Sequence[int]:
    """By their orders where these say who is meant; there are fewer of them."""
    if not criteria.reads_orders or criteria.names_certificates:
        return exposure.candidates(criteria, after=after, until=until, limit=limit, at=at)
    rows = _orders(criteria).filter(certificate_id__gt=after, certificate_id__lte=until)
    found = rows.order_by("certificate_id").values_list("certificate_id", flat=True)[:limit]
    return [pk for pk in found if pk is not None]


def _orders(criteria: Criteria) -> QuerySet[Order]:
    names = ("channel", "key_origin", "structure_id")
    asked = {name: getattr(criteria, name) for name in names if getattr(criteria, name)}
    rows = Order.objects.filter(**asked)
    return rows.filter(group_line__isnull=False) if criteria.from_lot else rows


def _orders_of(criteria: Criteria, certificate_ids: Collection[int]) -> Mapping[int, OrderFacts]:
    rows = _orders(criteria).filter(certificate_id__in=certificate_ids)
    columns = ("certificate_id", "pk", "number", "structure_id", "beneficiary")
    return {row[0] or 0: OrderFacts(*row[1:]) for row in rows.values_list(*columns)}


def _counted(names: Iterator[str]) -> Mapping[str, int]:
    """The most frequent first."""
    return dict(Counter(names).most_common())

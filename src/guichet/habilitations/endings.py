"""Rights about to end with their card, for apps that tell programs of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.habilitations.models import Right
from guichet.habilitations.operations.reminding import STEPS, step_of

ENDINGS_AT_MOST: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A right that nothing replaces yet; `days` is the step that was reached, as reminders do.

    `editor` is who holds it by the delegation numbered `delegation`; empty for the structure's own.
    """

    right: str
    structure_id: str
    delegation: int | None
    editor: str
    offer: Offer
    usages: frozenset[Usage]
    ends_at: datetime
    days: int


def endings(structure_ids: Collection[str], at: datetime) -> tuple[Ending, ...]:
    """Rights of these structures within the first step of their end, the first to end first."""
    longer = Right.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=OuterRef("ends_at")),
        structure=OuterRef("structure"),
        card_number=OuterRef("card_number"),
        offer=OuterRef("offer"),
    )
    rows = Right.objects.filter(
        ~Exists(longer),
        structure__national_id__in=structure_ids,
        successor=None,
        starts_at__lte=at,
        ends_at__gt=at,
        ends_at__lte=at + timedelta(days=STEPS[0]),
    ).select_related("structure", "delegation")
    return tuple(_ending(row, at) for row in rows.order_by("ends_at", "pk")[:ENDINGS_AT_MOST])


def _ending(row: Right, at: datetime) -> Ending:
    return Ending(
        right=str(row.key),
        structure_id=row.structure.national_id,
        delegation=row.delegation_id,
        editor=row.delegation.editor_name if row.delegation else "",
        offer=Offer(row.offer),
        usages=frozenset(Usage(usage) for usage in row.usages),
        ends_at=row.ends_at or at,
        days=step_of(row, at),
    )

"""The trial habilitations of a card."""

from dataclasses import dataclass
from datetime import datetime

from guichet.domain import trials
from guichet.habilitations.models import Trial


@dataclass(frozen=True, slots=True)
class TrialFound:
    """One trial as its page shows it."""

    pk: int
    legal_name: str
    national_id: str
    domain: str
    ends_at: datetime
    is_open: bool


def trials_of(card_number: str | None, at: datetime) -> tuple[TrialFound, ...]:
    """Every trial of a card, the last first; nothing without a card."""
    if card_number is None:
        return ()
    rows = Trial.objects.filter(card_number=card_number).select_related("structure")
    return tuple(
        TrialFound(
            pk=row.pk,
            legal_name=row.structure.legal_name,
            national_id=row.structure.national_id,
            domain=trials.domain_of(row.label),
            ends_at=row.ended_at or row.ends_at,
            is_open=row.ended_at is None and at < row.ends_at,
        )
        for row in rows.order_by("-rank")
    )

"""What may be told of a dossier without naming anybody."""

from dataclasses import dataclass
from datetime import datetime

from guichet.habilitations import mails
from guichet.habilitations.models import Dossier, PurgedDossier, Right


@dataclass(frozen=True, slots=True)
class Stub:
    """A dossier's number, state, dates and the rights it gave; `dates` by what happened then."""

    number: int
    state: str
    dates: tuple[tuple[str, datetime | None], ...]
    rights: tuple[str, ...] = ()


def dossier(number: int) -> Stub | None:
    """A dossier that is there, or what is left of a purged one."""
    row = Dossier.objects.filter(number=number).first()
    if row is not None:
        dates = (
            ("begun", row.created_at),
            ("filed", row.filed_at),
            ("taken", row.taken_at),
            ("decided", row.decided_at),
            ("archived", row.archived_at),
            ("in the bin", row.trashed_at),
        )
        return Stub(number, row.state, dates, _rights(number))
    gone = PurgedDossier.objects.filter(number=number).first()
    if gone is None:
        return None
    told = (
        ("begun", gone.created_at),
        ("filed", gone.filed_at),
        ("decided", gone.decided_at),
        ("purged", gone.purged_at),
    )
    return Stub(number, gone.state, told, _rights(number))


def _rights(number: int) -> tuple[str, ...]:
    rows = Right.objects.filter(origin=mails.about(number)).select_related("structure")
    return tuple(
        f"{row.structure.national_id} {row.card_number} {row.offer}"
        for row in rows.order_by("card_number", "offer", "pk")
    )

"""On which dossier a right was given, and by whom, as far as the person who asks may know."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from guichet.habilitations.models import Decision, Dossier, Right
from guichet.habilitations.standing import standing
from guichet.identities.actors import Actor

DOSSIER = "dossier:"


@dataclass(frozen=True, slots=True)
class Approval:
    """What opened a right: `dossier` is a number, None when no dossier did.

    `by` is the instructor's name, for those who read the decision itself; empty for the others.
    """

    dossier: int | None
    at: datetime
    by: str
    may_see: bool


def approval_of(right_key: str, actor: Actor) -> Approval | None:
    """What opened the right of this key, told to this person; None when there is no such right."""
    right = Right.objects.filter(key=right_key).first() if _is_key(right_key) else None
    if right is None:
        return None
    number = right.origin.removeprefix(DOSSIER) if right.origin.startswith(DOSSIER) else ""
    row = Dossier.objects.filter(number=number).first() if number.isdecimal() else None
    if row is None:
        return Approval(None, right.starts_at, "", may_see=False)
    may_see = standing(row, actor) is not None
    decision = (
        Decision.objects.filter(dossier=row, approved_at__lte=right.starts_at, withdrawn_at=None)
        .order_by("-approved_at")
        .first()
    )
    by = decision.by_label if decision is not None and may_see else ""
    at = (decision and decision.approved_at) or right.starts_at
    return Approval(row.number, at, by, may_see)


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True

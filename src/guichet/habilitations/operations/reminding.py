"""Telling people in time: rights that end, drafts that nobody touches."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from guichet.domain.dossier.states import DossierState
from guichet.habilitations import mails, rights_mails
from guichet.habilitations.models import Dossier, Right
from guichet.habilitations.periods import last_day
from guichet.habilitations.policy import policy
from guichet.habilitations.queries import people
from guichet.habilitations.rights_mails import Occasion

STEPS: Final = (90, 60, 30, 7)
EXPIRED_FOR: Final = timedelta(days=7)
UNTOUCHED: Final = timedelta(days=7)
BEFORE_PURGE: Final = (14, 2)


def remind(at: datetime) -> int:
    """Everything that is due; each is told once, whatever the number of rounds."""
    return remind_endings(at) + tell_expired(at) + remind_drafts(at)


def remind_endings(at: datetime) -> int:
    """Tell holders and representatives 90, 60, 30 and 7 days before rights end with their card.

    Somebody told late is told once, of the days that are left. Returns how many occasions.
    """
    rows = _unreplaced(at).filter(ends_at__gt=at, ends_at__lte=at + timedelta(days=STEPS[0]))
    return sum(_tell_ending(found, step_of(found[0], at), at) for found in _together(rows))


def tell_expired(at: datetime) -> int:
    """Tell the same people that rights have ended with their card."""
    rows = _unreplaced(at).filter(ends_at__lte=at, ends_at__gt=at - EXPIRED_FOR, closed_at=None)
    return sum(_tell_ending(found, 0, at) for found in _together(rows))


def remind_drafts(at: datetime) -> int:
    """Tell owners of a draft they left, and before it is deleted. Returns how many occasions."""
    life = policy().draft_life
    rows = Dossier.objects.filter(
        state=DossierState.DRAFT.value, trashed_at=None, saved_at__lte=at - UNTOUCHED
    )
    told = 0
    for row in rows.order_by("pk"):
        left = [days for days in BEFORE_PURGE if row.saved_at + life - timedelta(days=days) <= at]
        told += _tell_draft(row, min(left, default=None), at)
    return told


def purge_notice(row: Dossier, days: int) -> tuple[str, str]:
    """Template and key of the notice before a draft is deleted, anew each time it is touched."""
    return "draft-expiring", f"{row.saved_at.isoformat()}:{days}"


def step_of(row: Right, at: datetime) -> int:
    """The step that the days left have reached."""
    left = (row.ends_at or at) - at
    return min(step for step in STEPS if left <= timedelta(days=step))


def _unreplaced(at: datetime) -> QuerySet[Right]:
    """Rights that nothing has taken the place of; what starts and ends at once never was."""
    rows = Right.objects.filter(successor=None, starts_at__lte=at).select_related("structure")
    return rows.order_by("structure_id", "card_number", "ends_at", "offer")


def _together(rows: Iterable[Right]) -> list[list[Right]]:
    """The rights of one card for one structure that end at the same instant."""
    grouped = groupby(rows, key=lambda row: (row.structure_id, row.card_number, row.ends_at))
    return [list(found) for _place, found in grouped]


@transaction.atomic
def _tell_ending(rows: Sequence[Right], step: int, at: datetime) -> int:
    first = rows[0]
    ends_at = first.ends_at or at
    if _is_held_otherwise(first, at):
        return 0
    holder = people.holders_of(rows)[first.card_number]
    occasion = Occasion(
        template="rights-ending" if step else "rights-expired",
        structure=first.structure,
        key=f"{first.card_number}:{ends_at.isoformat()}:{step}",
        at=at,
        context={
            "holder": holder.name,
            "card_number": first.card_number,
            "rights": rows,
            "last_day": last_day(ends_at),
            "days": (ends_at - at).days,
            "by_delegation": first.delegation_id is not None,
            "dossier": next(filter(None, (people.dossier_of(row.origin) for row in rows)), None),
        },
    )
    everybody = (holder, *people.representatives_of(first.structure))
    return 1 if rights_mails.tell(everybody, occasion) else 0


def _is_held_otherwise(row: Right, at: datetime) -> bool:
    """Whether the same card already holds a longer right for the structure and the offer."""
    longer = Q(ends_at=None) | Q(ends_at__gt=row.ends_at)
    rows = Right.objects.filter(
        longer, structure=row.structure, card_number=row.card_number, offer=row.offer
    )
    return rows.exclude(pk=row.pk).exists()


@transaction.atomic
def _tell_draft(row: Dossier, days: int | None, at: datetime) -> int:
    owner = mails.applicants(row)
    if days is None:
        mails.tell(row, owner, "draft-idle", row.saved_at.isoformat(), at)
    else:
        template, key = purge_notice(row, days)
        context = {"deleted_on": timezone.localtime(row.saved_at + policy().draft_life).date()}
        mails.tell(row, owner, template, key, at, context)
    return 1 if owner else 0

"""Confronting dossiers with the registers ahead of the instructors, and keeping the outcome."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from guichet.habilitations.models import Dossier, Examination, Revision
from guichet.habilitations.outlook import Outlook, outlook
from guichet.habilitations.queries.instruction import UNDECIDED

AGAIN_AFTER: Final = timedelta(days=1)  # cards end and companies close without telling us
AT_ONCE: Final = 5  # a register that answers slowly does not hold the clerk up for long


def examine_due(at: datetime) -> int:
    """Examine some dossiers never examined, changed, or examined long ago; returns how many."""
    last = Revision.objects.filter(dossier=OuterRef("pk")).order_by("-n").values("n")[:1]
    is_due = (
        Q(examination=None) | Q(examination__at__lt=at - AGAIN_AFTER) | ~Q(examination__n=F("last"))
    )
    rows = Dossier.objects.filter(state__in=UNDECIDED).annotate(last=Subquery(last)).filter(is_due)
    due = list(rows.order_by("examination__at", "pk")[:AT_ONCE])
    for row in due:
        keep(row, outlook(row, at), at)
    return len(due)


@transaction.atomic
def keep(row: Dossier, found: Outlook, at: datetime) -> None:
    """Keep what the registers said, for the lists."""
    values = {
        "n": found.n,
        "level": found.level.value,
        "is_proposed": found.is_proposed,
        "at": at,
    }
    Examination.objects.update_or_create(dossier=row, defaults=values)

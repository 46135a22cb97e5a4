"""The papers of a dossier, for whoever may read it: receipt, whole declaration, decision."""

from datetime import datetime

from django.utils import translation

from guichet.domain.dossier.permissions import Act
from guichet.habilitations import standing
from guichet.habilitations.models import Dossier
from guichet.habilitations.papers import decision, receipt, whole
from guichet.identities.actors import Actor
from guichet.web import papers


def receipt_of(number: int, who: Actor) -> bytes | None:
    """The receipt of the last deposit, PDF; None of a draft. Raises Refusal(DOSSIER_UNKNOWN)."""
    row = standing.find(number, who, Act.READ)
    last = row.revisions.order_by("-n").first()
    if last is None:
        return None
    with translation.override(row.language):
        return papers.pdf(receipt.write(row, last))


def dossier_of(number: int, who: Actor, at: datetime) -> bytes:
    """The whole declaration, PDF: what was deposited last, or the draft as it stands.

    Raises Refusal(DOSSIER_UNKNOWN).
    """
    row = standing.find(number, who, Act.READ)
    with translation.override(row.language):
        return papers.pdf(whole.write(row, at))


def decision_of(number: int, who: Actor) -> bytes | None:
    """The last decision that took effect, PDF; None before one. Raises Refusal(DOSSIER_UNKNOWN)."""
    row = standing.find(number, who, Act.READ)
    last = row.decisions.filter(approved_at__isnull=False).order_by("-approved_at").first()
    if last is None:
        return None
    with translation.override(row.language):
        return papers.pdf(decision.write(row, last))


def is_staff(number: int, who: Actor) -> bool:
    """Whether this person reads the dossier as staff."""
    row = Dossier.objects.filter(number=number).first()
    return row is not None and standing.standing(row, who) not in standing.APPLICANTS

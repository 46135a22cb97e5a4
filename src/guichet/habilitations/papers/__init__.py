"""The papers of a dossier, for whoever may read it: receipt, whole declaration, decision."""

from datetime import datetime

from django.utils import translation

from guichet.domain.dossier.permissions import Act
from guichet.habilitations import standing
from guichet.habilitations.models import Dossier
from guichet.habilitations.papers import decision, receipt, whole
from guichet.identities.actors import Actor
from guichet.notifications.enclosures import Enclosure
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


def enclosed_receipt(reference: str) -> Enclosure | None:
    """The receipt of one revision ("9073113:1"), for an e-mail; None of a purged dossier."""
    number, _, rank = reference.partition(":")
    row = Dossier.objects.filter(number=number).first()
    deposited = row.revisions.filter(n=rank).first() if row else None
    if row is None or deposited is None:
        return None
    with translation.override(row.language):
        made = papers.pdf(receipt.write(row, deposited))
    return Enclosure(f"attestation-{number}.pdf", "application/pdf", made)


def enclosed_decision(reference: str) -> Enclosure | None:
    """The paper of one decision ("9073113:<code>"), for an e-mail; None of a purged dossier."""
    number, _, code = reference.partition(":")
    row = Dossier.objects.filter(number=number).first()
    taken = row.decisions.filter(code=code).first() if row else None
    if row is None or taken is None:
        return None
    with translation.override(row.language):
        made = papers.pdf(decision.write(row, taken))
    return Enclosure(f"decision-{number}.pdf", "application/pdf", made)


def is_staff(number: int, who: Actor) -> bool:
    """Whether this person reads the dossier as staff."""
    row = Dossier.objects.filter(number=number).first()
    return row is not None and standing.standing(row, who) not in standing.APPLICANTS

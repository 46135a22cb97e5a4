"""What evidence files tell of a habilitation: its text, and the dossier and decision behind it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from guichet.domain import evidence
from guichet.domain.dossier.states import DossierAct
from guichet.domain.evidence import HabilitationTold
from guichet.habilitations.models import Decision, Revision, Right

DOSSIER = "dossier:"


@dataclass(frozen=True, slots=True)
class Papers:
    """The texts behind a right; those of the dossier are empty where no dossier opened it."""

    habilitation: str
    structure_id: str
    card_number: str
    subject: str = ""
    dossier: str = ""
    decision: str = ""


def text_of(row: Right, ends_at: datetime | None) -> str:
    """A right as it was given, to end at `ends_at`: closing it changes its row."""
    return evidence.habilitation(
        HabilitationTold(
            right=str(row.key),
            structure=row.structure.national_id,
            offer=row.offer,
            usages=row.usages,
            domains=row.domains,
            mail_domains=row.mail_domains,
            servers=row.servers,
            # Other origins may name a person.
            origin=row.origin if row.origin.startswith(DOSSIER) else "",
            starts_at=row.starts_at,
            ends_at=ends_at,
        )
    )


def digest_of_open(right_key: str) -> str:
    """The digest of an open right's text; empty when there is no such right."""
    row = _row(right_key)
    return evidence.digest(text_of(row, row.ends_at)) if row else ""


def papers_of(right_key: str, ends_at: datetime | None) -> Papers | None:
    """The texts behind a right that was to end at `ends_at`; None when there is no such right."""
    row = _row(right_key)
    if row is None:
        return None
    found = Papers(text_of(row, ends_at), row.structure.national_id, row.card_number)
    number = row.origin.removeprefix(DOSSIER)
    decided = _decision(int(number), row.starts_at) if number.isdecimal() else None
    if decided is None:
        return found
    return Papers(
        found.habilitation,
        found.structure_id,
        found.card_number,
        subject=row.origin,
        dossier=text_of_revision(decided.revision),
        decision=text_of_decision(decided),
    )


def text_of_revision(row: Revision) -> str:
    """A revision deposited."""
    return evidence.dossier(
        number=row.dossier.number,
        revision=row.n,
        content_sha256=row.sha256,
        terms=row.terms_version,
    )


def text_of_decision(row: Decision) -> str:
    """A decision that took effect."""
    return evidence.decision(
        number=row.dossier.number,
        revision=row.revision.n,
        content_sha256=row.revision.sha256,
        kind=row.kind,
        types=row.types,
    )


def _decision(number: int, at: datetime) -> Decision | None:
    """The decision that opened rights at this instant."""
    rows = Decision.objects.filter(
        dossier__number=number, kind=DossierAct.ACCEPT.value, approved_at__lte=at, withdrawn_at=None
    )
    return rows.select_related("dossier", "revision__dossier").order_by("-approved_at").first()


def _row(right_key: str) -> Right | None:
    try:
        key = UUID(right_key)
    except ValueError:
        return None
    return Right.objects.select_related("structure").filter(key=key).first()

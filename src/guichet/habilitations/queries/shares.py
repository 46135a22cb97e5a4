"""Who shares a dossier, and what a link offers to whoever follows it."""

from dataclasses import dataclass
from datetime import datetime

from guichet.habilitations import mails
from guichet.habilitations.models import AdministratorConfirmation, Dossier, Participation
from guichet.habilitations.operations import confirming, sharing
from guichet.identities import holders
from guichet.identities.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """An invitation, or an access that came of one; `name` is empty until it is accepted."""

    id: int
    email: str
    name: str
    is_transfer: bool
    invited_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    is_expired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a link offers: to write in a dossier, or to own it."""

    number: int
    legal_name: str
    by: str
    is_transfer: bool
    until: datetime
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a declared administrator is asked; `answer` is None before the first one."""

    number: int
    legal_name: str
    siret: str
    card_number: str
    email: str
    answer: bool | None
    is_decided: bool


def shares(row: Dossier, at: datetime) -> tuple[Share, ...]:
    """Invitations and accesses that still count, accepted ones first."""
    rows = list(row.participations.filter(ended_at=None).order_by("invited_at", "pk"))
    known = holders.contacts(r.account_id for r in rows if r.account_id is not None)
    names = {contact.account_id: contact.name for contact in known}
    found = [
        Share(
            id=r.pk,
            email=r.email,
            name=names.get(r.account_id, "") if r.account_id else "",
            is_transfer=r.kind == Participation.OWN,
            invited_at=r.invited_at,
            expires_at=r.expires_at,
            accepted_at=r.accepted_at,
            is_expired=r.accepted_at is None and r.expires_at <= at,
        )
        for r in rows
    ]
    return tuple(sorted(found, key=lambda share: share.accepted_at is None))


def offer(token: str, who: Actor, at: datetime) -> Offer:
    """What a link offers. Raises Refusal(INVITATION_INVALID)."""
    found = sharing.waiting(token, at)
    return Offer(
        number=found.dossier.number,
        legal_name=mails.legal_name(found.dossier),
        by=found.invited_by,
        is_transfer=found.kind == Participation.OWN,
        until=found.expires_at,
        is_own=found.dossier.owner_id in who.accounts,
    )


def question(token: str) -> Question:
    """What a link asks of a declared administrator. Raises Refusal(INVITATION_INVALID)."""
    found = confirming.asked(token)
    return Question(
        number=found.dossier.number,
        legal_name=mails.legal_name(found.dossier),
        siret=found.dossier.siret,
        card_number=found.card_number,
        email=found.email,
        answer=_answer(found),
        is_decided=found.dossier.decided_at is not None,
    )


def _answer(found: AdministratorConfirmation) -> bool | None:
    if found.confirmed_at is not None:
        return True
    return False if found.denied_at is not None else None

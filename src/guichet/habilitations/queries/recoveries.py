"""The dossiers of one's establishment that others own, and who asks for them.

Until a dossier is taken over, its number, dates and state are all that is told of it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from guichet.domain.dossier.recovery import RecoveryState, is_proof_fresh, may_change_hands
from guichet.domain.dossier.states import DossierState
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import mails, tokens
from guichet.habilitations.models import Dossier, Recovery
from guichet.habilitations.policy import policy
from guichet.identities import holders
from guichet.identities.actors import Actor

PAGE_SIZE: Final = 20
WAITING: Final = RecoveryState.WAITING.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleagueDossier:
    """A dossier as a colleague of its owner sees it; `due_at` is set while somebody asks for it."""

    number: int
    state: str
    created_at: datetime
    filed_at: datetime | None
    may_change_hands: bool
    due_at: datetime | None = None
    is_mine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleagues:
    """A page of the dossiers of an establishment that somebody else owns."""

    siret: str
    lines: tuple[ColleagueDossier, ...]
    page: Page[Dossier]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a link, or an owner's own dossier, says of who asks for it."""

    number: int
    legal_name: str
    siret: str
    by: str
    email: str
    due_at: datetime
    may_accept: bool


def siret_of(who: Actor, at: datetime) -> str:
    """The establishment that this session proved, while the proof counts; else empty."""
    proved = who.establishment
    if proved is None or not is_proof_fresh(proved.proved_at, at, policy().recovery_proof_life):
        return ""
    return proved.siret


def require_siret(who: Actor, at: datetime) -> str:
    """As siret_of. Raises Refusal(ESTABLISHMENT_NOT_PROVED)."""
    found = siret_of(who, at)
    if not found:
        raise Refusal(Code.ESTABLISHMENT_NOT_PROVED)
    return found


def count(who: Actor, at: datetime) -> int:
    """How many dossiers of the establishment that was proved others own."""
    siret = siret_of(who, at)
    return _others(siret, who).count() if siret else 0


def colleagues(who: Actor, page: str, at: datetime) -> Colleagues:
    """A page of them, the last one begun first. Raises Refusal(ESTABLISHMENT_NOT_PROVED)."""
    siret = require_siret(who, at)
    rows = _others(siret, who).order_by("-created_at", "-number")
    found = Paginator(rows, PAGE_SIZE).get_page(page)
    return Colleagues(
        siret=siret, lines=tuple(_line(row, who) for row in found.object_list), page=found
    )


def colleague_s(number: int, who: Actor, at: datetime) -> ColleagueDossier:
    """One of them. Raises Refusal: ESTABLISHMENT_NOT_PROVED, DOSSIER_UNKNOWN."""
    row = _others(require_siret(who, at), who).filter(number=number).first()
    if row is None:
        is_hidden = Dossier.objects.filter(number=number).exists()
        raise Refusal(Code.DOSSIER_UNKNOWN, hides=mails.about(number) if is_hidden else "")
    return _line(row, who)


def waiting(row: Dossier) -> Recovery | None:
    """Who asks for a dossier now."""
    return row.recoveries.filter(state=WAITING).first()


def asked_of_owner(row: Dossier) -> Asked | None:
    """What an owner is asked, for the pages of their own dossier."""
    found = waiting(row)
    return _asked(found, is_owner=True) if found else None


def of_token(token: str) -> Recovery:
    """The recovery that a link answers. Raises Refusal(INVITATION_INVALID)."""
    rows = Recovery.objects.select_related("dossier").filter(state=WAITING)
    kept = tokens.digest(token)
    found = rows.filter(owner_token_sha256=kept) | rows.filter(objection_token_sha256=kept)
    first = found.first()
    if first is None:
        raise Refusal(Code.INVITATION_INVALID)
    return first


def is_owner_s(found: Recovery, token: str) -> bool:
    """Whether the link is the owner's, which may accept."""
    return secrets.compare_digest(found.owner_token_sha256, tokens.digest(token))


def asked(token: str) -> Asked:
    """What a link asks. Raises Refusal(INVITATION_INVALID)."""
    found = of_token(token)
    return _asked(found, is_owner=is_owner_s(found, token))


def _others(siret: str, who: Actor) -> QuerySet[Dossier]:
    rows = Dossier.objects.filter(siret=siret, trashed_at=None).exclude(owner_id__in=who.accounts)
    return rows.prefetch_related("recoveries").only("number", "state", "created_at", "filed_at")


def _line(row: Dossier, who: Actor) -> ColleagueDossier:
    found = next((one for one in row.recoveries.all() if one.state == WAITING), None)
    return ColleagueDossier(
        number=row.number,
        state=row.state,
        created_at=row.created_at,
        filed_at=row.filed_at,
        may_change_hands=may_change_hands(DossierState(row.state)),
        due_at=found.due_at if found else None,
        is_mine=found is not None and found.account_id == who.account_id,
    )


def _asked(found: Recovery, *, is_owner: bool) -> Asked:
    email = next((who.email for who in holders.contacts([found.account_id])), "")
    state = DossierState(found.dossier.state)
    return Asked(
        number=found.dossier.number,
        legal_name=mails.legal_name(found.dossier),
        siret=found.siret,
        by=found.asked_by,
        email=email,
        due_at=found.due_at,
        may_accept=is_owner and may_change_hands(state),
    )

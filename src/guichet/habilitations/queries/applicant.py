"""Dossiers as their applicants see them: one, the list of all, and what is known of a SIRET."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT

from guichet.domain.dossier import permissions
from guichet.domain.dossier.permissions import Act, Standing
from guichet.domain.dossier.states import DECIDED, DossierState
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import folded
from guichet.habilitations import mails
from guichet.habilitations.models import Correction, Dossier, Message, Participation
from guichet.habilitations.standing import APPLICANTS, find, standing
from guichet.identities.actors import Actor
from guichet.web.once import once_a_page

PAGE_SIZE: Final = 20
DRAFTS_AT_MOST: Final = 100
TO_CORRECT: Final = "to-correct"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A correction that waits: why, on which fields, since when."""

    reason: str
    comments: Mapping[str, str]
    body: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposited:
    """What was deposited last: its rank, its hash, the code that verifies its receipt."""

    n: int
    sha256: str
    code: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierShown:
    """A dossier and what one of its applicants may do with it now."""

    number: int
    state: DossierState
    siret: str
    legal_name: str
    company: Mapping[str, Any]
    standing: Standing
    differs: bool
    version: int
    saved_at: datetime
    filed_at: datetime | None
    taken_at: datetime | None
    decided_at: datetime | None
    trashed_at: datetime | None
    deposited: Deposited | None
    asked: Asked | None
    unread: int

    @property
    def badge(self) -> str:
        """The state in web.states: a correction that waits counts for more than the state."""
        return TO_CORRECT if self.asked else self.state.value

    @property
    def is_draft(self) -> bool:
        """Whether it was never deposited."""
        return self.state is DossierState.DRAFT

    @property
    def is_decided(self) -> bool:
        """Whether a decision stands."""
        return self.state in DECIDED

    @property
    def is_owner(self) -> bool:
        """Whether this person deposits, shares and deletes."""
        return self.standing is Standing.OWNER

    @property
    def may_write(self) -> bool:
        """Whether the form is open to this person."""
        return self._may(Act.WRITE) and self.trashed_at is None

    @property
    def may_deposit(self) -> bool:
        """Whether this person may deposit what is typed."""
        return self._may(Act.DEPOSIT) and self.trashed_at is None

    @property
    def may_share(self) -> bool:
        """Whether this person may invite or hand over."""
        return self._may(Act.SHARE) and self.trashed_at is None

    @property
    def may_delete(self) -> bool:
        """Whether this person may throw it away or take it back."""
        return self._may(Act.DELETE)

    def _may(self, act: Act) -> bool:
        return permissions.may(self.standing, act, self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A dossier in a list."""

    number: int
    legal_name: str
    siret: str
    badge: str
    is_owner: bool
    differs: bool
    saved_at: datetime
    filed_at: datetime | None
    decided_at: datetime | None
    trashed_at: datetime | None

    @property
    def is_editable(self) -> bool:
        """Whether the form is still open."""
        return self.badge in {DossierState.DRAFT.value, DossierState.FILED.value, TO_CORRECT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """Somebody's dossiers: drafts, deposited ones by page, and the bin."""

    drafts: tuple[Line, ...]
    deposited: tuple[Line, ...]
    page: Page[Dossier]
    bin: tuple[Line, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.drafts or self.page.paginator.count or self.bin)


def row_of(number: int, who: Actor, act: Act = Act.READ) -> Dossier:
    """The row, for its applicants alone. Raises Refusal: DOSSIER_UNKNOWN, _FROZEN, _FORBIDDEN."""
    row = find(number, who, act)
    if standing(row, who) not in APPLICANTS:
        raise Refusal(Code.DOSSIER_UNKNOWN)
    return row


def shown(number: int, who: Actor) -> DossierShown:
    """One dossier, for its applicants alone. Raises Refusal(DOSSIER_UNKNOWN) for the others."""
    return shown_of(row_of(number, who), who)


def shown_of(row: Dossier, who: Actor) -> DossierShown:
    """A dossier already read. Raises Refusal(DOSSIER_UNKNOWN) for who is none of its applicants."""
    held = standing(row, who)
    if held not in APPLICANTS:
        raise Refusal(Code.DOSSIER_UNKNOWN)
    return DossierShown(
        number=row.number,
        state=DossierState(row.state),
        siret=row.siret,
        legal_name=mails.legal_name(row),
        company=row.company,
        standing=held,
        differs=row.draft_differs,
        version=row.version,
        saved_at=row.saved_at,
        filed_at=row.filed_at,
        taken_at=row.taken_at,
        decided_at=row.decided_at,
        trashed_at=row.trashed_at,
        deposited=_deposited(row),
        asked=_asked(row),
        unread=_unread(row) if row.filed_at else 0,
    )


@once_a_page
def mine(who: Actor, text: str = "", page: str = "1") -> Mine:
    """Everything somebody owns or writes in; `text` narrows the deposited ones."""
    rows = _reachable(who)
    kept = rows.filter(trashed_at=None)
    drafts = kept.filter(state=DossierState.DRAFT.value).order_by("-saved_at", "-number")
    filed = kept.exclude(state=DossierState.DRAFT.value).order_by("-active_at", "-number")
    for word in folded(text).split():
        filed = filed.filter(search_text__contains=word)
    found = Paginator(filed, PAGE_SIZE).get_page(page)
    thrown = rows.filter(trashed_at__isnull=False, owner_id__in=who.accounts)
    return Mine(
        drafts=tuple(_line(row, who) for row in drafts[:DRAFTS_AT_MOST]),
        deposited=tuple(_line(row, who) for row in found.object_list),
        page=found,
        bin=tuple(_line(row, who) for row in thrown.order_by("-trashed_at")[:DRAFTS_AT_MOST]),
    )


def drafts_of(siret: str, who: Actor) -> tuple[Line, ...]:
    """Drafts already begun for a SIRET, the newest first."""
    rows = _reachable(who).filter(trashed_at=None, siret=siret, state=DossierState.DRAFT.value)
    return tuple(_line(row, who) for row in rows.order_by("-saved_at"))


def _reachable(who: Actor) -> QuerySet[Dossier]:
    shared = Participation.objects.filter(
        account_id__in=who.accounts, ended_at=None, accepted_at__isnull=False
    )
    ids = list(shared.values_list("dossier_id", flat=True))
    waits = Correction.objects.filter(dossier=OuterRef("pk"), resolved_at=None)
    return (
        Dossier.objects.filter(Q(owner_id__in=who.accounts) | Q(pk__in=ids))
        .annotate(
            waits=Exists(waits),
            told_name=KT("company__legal_name"),
            typed_name=KT("draft__texts__structure.legal_name"),
        )
        .defer("draft", "company", "search_text")
    )


def _line(row: Any, who: Actor) -> Line:
    return Line(
        number=row.number,
        legal_name=row.told_name or row.typed_name or row.siret,
        siret=row.siret,
        badge=TO_CORRECT if row.waits else row.state,
        is_owner=row.owner_id in who.accounts,
        differs=row.draft_differs,
        saved_at=row.saved_at,
        filed_at=row.filed_at,
        decided_at=row.decided_at,
        trashed_at=row.trashed_at,
    )


def _deposited(row: Dossier) -> Deposited | None:
    last = row.revisions.defer("content").order_by("-n").first()
    if last is None:
        return None
    return Deposited(
        n=last.n,
        sha256=last.sha256,
        code=last.code,
        at=last.deposited_at,
        by=last.deposited_by,
    )


def _asked(row: Dossier) -> Asked | None:
    found = Correction.objects.filter(dossier=row, resolved_at=None).first()
    if found is None:
        return None
    body = str(found.message.body)
    return Asked(reason=found.reason, comments=found.fields, body=body, at=found.asked_at)


def _unread(row: Dossier) -> int:
    return Message.objects.filter(
        dossier=row, from_staff=True, read_at=None, sent_at__gt=F("dossier__filed_at")
    ).count()

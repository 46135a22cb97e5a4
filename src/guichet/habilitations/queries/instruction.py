"""The instructors' list: what it can be narrowed by, and its lines, in a fixed number of queries.

Values that are not understood narrow nothing and are never an error.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from guichet.domain.dossier.checks import Level
from guichet.domain.dossier.declaration import CertificateType
from guichet.domain.dossier.states import DECIDED, DossierState
from guichet.domain.texts import folded
from guichet.habilitations.models import (
    AdministratorConfirmation,
    Correction,
    Dossier,
    Examination,
    Following,
    Message,
    Participation,
    Revision,
)
from guichet.identities.actors import Actor
from guichet.web.days import midnight

MINE: Final = "moi"
NOBODY: Final = "personne"
PAGE_SIZES: Final = (20, 50, 100, 200)
SORTS: Final = (
    "-active_at",
    "filed_at",
    "-filed_at",
    "number",
    "company__legal_name",
    "state",
    "assignee_label",
)
UNDECIDED: Final = (DossierState.FILED.value, DossierState.IN_INSTRUCTION.value)
ENDED: Final = tuple(sorted(state.value for state in DECIDED))
SIREN: Final = 9


class Tab(StrEnum):
    """The parts of the list; the values are those of addresses."""

    TO_FOLLOW = "a-suivre"
    FOLLOWED = "suivis"
    DONE = "traites"
    ALL = "tous"
    ARCHIVED = "archives"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilters:
    """What an instructor asked for; `since` and `until` are days of deposit, both included."""

    tab: Tab = Tab.ALL
    text: str = ""
    state: str = ""
    type: str = ""
    department: str = ""
    assignee: str = ""
    since: date | None = None
    until: date | None = None
    to_correct: bool = False
    green: bool = False
    news: bool = False
    sort: str = ""
    page: str = "1"
    page_size: int = PAGE_SIZES[0]

    def ordering(self) -> tuple[str, str]:
        """A known order; those who wait for longest first where nobody follows."""
        default = "filed_at" if self.tab is Tab.TO_FOLLOW else "-active_at"
        return (self.sort if self.sort in SORTS else default, "number")


def dossiers(who: Actor) -> QuerySet[Dossier]:
    """Every dossier that somebody may see as staff: deposited, kept, and not their own."""
    shared = Participation.objects.filter(
        dossier=OuterRef("pk"),
        account_id__in=who.accounts,
        ended_at=None,
        accepted_at__isnull=False,
    )
    is_out = Q(state=DossierState.DRAFT.value) | (
        Q(state=DossierState.FILED.value) & Q(trashed_at__isnull=False)
    )
    theirs = Q(owner_id__in=who.accounts)
    return Dossier.objects.exclude(is_out).exclude(theirs).exclude(Exists(shared))


def matching(filters: QueueFilters, who: Actor) -> QuerySet[Dossier]:
    """The dossiers asked for, in order; all conditions hold together."""
    rows = dossiers(who).filter(tab_condition(filters.tab, who), text_condition(filters.text))
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.type in set(CertificateType):
        rows = rows.filter(_asks(filters.type))
    if filters.department:
        rows = rows.filter(_in_department(filters.department))
    if filters.assignee:
        rows = rows.filter(_assigned(filters.assignee, who))
    if filters.since:
        rows = rows.filter(filed_at__gte=midnight(filters.since))
    if filters.until:
        rows = rows.filter(filed_at__lt=midnight(filters.until + timedelta(days=1)))
    if filters.to_correct:
        pending = Correction.objects.filter(dossier=OuterRef("pk"), resolved_at=None)
        rows = rows.filter(Exists(pending))
    if filters.green:
        rows = rows.filter(_green())
    if filters.news:
        rows = _with_news(rows, who)
    return rows.order_by(*filters.ordering())


def tab_condition(tab: Tab, who: Actor) -> Q:
    """Which dossiers stand under a tab."""
    if tab is Tab.ARCHIVED:
        return Q(archived_at__isnull=False)
    kept = Q(archived_at=None)
    if tab is Tab.TO_FOLLOW:
        return kept & Q(state=DossierState.FILED.value, assignee_id=None)
    if tab is Tab.FOLLOWED:
        mine = Following.objects.filter(
            dossier=OuterRef("pk"), account_id=who.account_id, follows=True
        )
        return kept & Q(state__in=UNDECIDED) & (Q(assignee_id=who.account_id) | Q(Exists(mine)))
    return kept & Q(state__in=ENDED) if tab is Tab.DONE else kept


def text_condition(text: str) -> Q:
    """Every word is somewhere; a number is a whole one: 74 does not find 974."""
    wanted = Q()
    for word in words(text):
        wanted &= _number(word) if word.isdigit() else Q(search_text__contains=word)
    return wanted


def words(text: str) -> list[str]:
    """Folded words; a number written in groups, such as a SIRET, is one."""
    return re.sub(r"(?<=\d) (?=\d)", "", folded(text)).split()


def _number(digits: str) -> Q:
    whole = (
        Q(search_text=digits)
        | Q(search_text__startswith=f"{digits} ")
        | Q(search_text__contains=f" {digits} ")
        | Q(search_text__endswith=f" {digits}")
    )
    return whole | Q(siret__startswith=digits) if len(digits) == SIREN else whole


def _asks(kind: str) -> Exists:
    return Exists(last_revisions(OuterRef("pk")).filter(**{f"content__texts__types.{kind}": "on"}))


def last_revisions(dossier: object) -> QuerySet[Revision]:
    """The last revision of each dossier; `dossier` is a key, several, or an outer reference."""
    later = Revision.objects.filter(dossier=OuterRef("dossier"), n__gt=OuterRef("n"))
    many = isinstance(dossier, list | tuple)
    chosen = Q(dossier__in=dossier) if many else Q(dossier=dossier)
    return Revision.objects.filter(chosen, ~Exists(later))


def _in_department(number: str) -> Q:
    """By the register's address, else by the postcode typed."""
    unknown = Q(company__department_number__isnull=True) | Q(company__department_number="")
    typed = Q(**{"draft__texts__structure.postcode__startswith": number})
    return Q(company__department_number=number) | (unknown & typed)


def _assigned(to: str, who: Actor) -> Q:
    if to == NOBODY:
        return Q(assignee_id=None)
    if to == MINE:
        return Q(assignee_id=who.account_id)
    return Q(assignee_id=int(to)) if to.isascii() and to.isdigit() and len(to) < 19 else Q()


def _green() -> Exists:
    later = Revision.objects.filter(dossier=OuterRef("dossier"), n__gt=OuterRef("n"))
    return Exists(
        Examination.objects.filter(~Exists(later), dossier=OuterRef("pk"), level=Level.OK.value)
    )


def _with_news(rows: QuerySet[Dossier], who: Actor) -> QuerySet[Dossier]:
    seen = Following.objects.filter(dossier=OuterRef("pk"), account_id=who.account_id)
    rows = rows.annotate(seen_at=Subquery(seen.values("seen_at")[:1]))
    here, since = OuterRef("pk"), OuterRef("seen_at")
    written = Message.objects.filter(dossier=here, from_staff=False, sent_at__gt=since)
    changed = Revision.objects.filter(dossier=here, deposited_at__gt=since)
    answers = Q(confirmed_at__gt=since) | Q(denied_at__gt=since)
    answered = AdministratorConfirmation.objects.filter(answers, dossier=here)
    fresh = Q(seen_at=None) | Exists(written) | Exists(changed) | Exists(answered)
    return rows.filter(fresh)

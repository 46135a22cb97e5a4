"""The instructors' list, page by page: lines, badges of news, counts, neighbours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Q

from guichet.domain.dossier.typed import ADMINISTRATORS, Typed
from guichet.habilitations import mails
from guichet.habilitations.models import (
    AdministratorConfirmation,
    Correction,
    Decision,
    Dossier,
    Examination,
    Following,
    Message,
    Revision,
)
from guichet.habilitations.queries.instruction import (
    QueueFilters,
    Tab,
    dossiers,
    last_revisions,
    matching,
    tab_condition,
)
from guichet.identities.actors import Actor

NEIGHBOURS_AT_MOST: Final = 5000
TYPES: Final = {"types.org": "ORG", "types.serv_ssl": "SSL", "types.serv_mail": "SMIME",
                "types.pro": "PRO"}  # fmt: skip


class News(StrEnum):
    """What happened since somebody last opened a dossier."""

    NEW = "new"
    MESSAGE = "message"
    CHANGED = "changed"
    CORRECTED = "corrected"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One dossier of the list. `checks` is a Level, empty while nobody has looked."""

    number: int
    state: str
    legal_name: str
    siret: str
    department: str
    representative: str
    administrators: int
    types: tuple[str, ...]
    assignee: str
    filed_at: datetime | None
    active_at: datetime
    checks: str
    is_proposed: bool
    is_to_correct: bool
    waits_for_approval: bool
    has_edits: bool
    news: tuple[News, ...]


def queue(filters: QueueFilters, who: Actor) -> Page[Line]:
    """One page of lines; a page out of range gives the nearest one."""
    rows: Page[Any] = Paginator(matching(filters, who), filters.page_size).get_page(filters.page)
    found = list(rows.object_list)
    around = _Around([row.pk for row in found], who)
    rows.object_list = [_line(row, around) for row in found]
    return rows


def counts(who: Actor) -> Mapping[Tab, int]:
    """How many dossiers stand under each tab, in one query."""
    asked = {tab.name: Count("pk", filter=tab_condition(tab, who)) for tab in Tab}
    found = dossiers(who).aggregate(**asked)
    return {tab: found[tab.name] for tab in Tab}


def neighbours(filters: QueueFilters, who: Actor, number: int) -> tuple[int | None, int | None]:
    """The dossiers before and after one in a list; none for a dossier that left the list."""
    listed = list(matching(filters, who).values_list("number", flat=True)[:NEIGHBOURS_AT_MOST])
    if number not in listed:
        return None, listed[0] if listed else None
    place = listed.index(number)
    before = listed[place - 1] if place else None
    return before, listed[place + 1] if place + 1 < len(listed) else None


def departments(who: Actor) -> list[tuple[str, str]]:
    """The departments that dossiers come from: number and name."""
    found = dossiers(who).values_list("company__department_number", "company__department_name")
    return sorted({(number, name or "") for number, name in found.distinct() if number})


class _Around:
    """What stands around the dossiers of one page: seven queries, whatever the page's size."""

    def __init__(self, keys: list[int], who: Actor) -> None:
        here = Q(dossier__in=keys)
        self.revisions = {row.dossier_id: row for row in last_revisions(keys)}
        self.seen = dict(_pairs(Following, here & Q(account_id=who.account_id), "seen_at"))
        self.written = _latest(Message, here & Q(from_staff=False), "sent_at")
        self.confirmed = _latest(AdministratorConfirmation, here, "confirmed_at")
        self.denied = _latest(AdministratorConfirmation, here, "denied_at")
        self.corrections = {
            key: (pending, answered)
            for key, pending, answered in Correction.objects.filter(here)
            .values("dossier")
            .annotate(pending=Count("pk", filter=Q(resolved_at=None)))
            .annotate(answered=Max("resolved_at", filter=Q(resolved_by__isnull=False)))
            .values_list("dossier", "pending", "answered")
        }
        waiting = Q(approved_at=None, withdrawn_at=None, replaced_at=None)
        self.waiting = set(
            Decision.objects.filter(here & waiting).values_list("dossier", flat=True)
        )
        self.examined = {row.dossier_id: row for row in Examination.objects.filter(here)}

    def news(self, row: Dossier, revision: Revision) -> tuple[News, ...]:
        """What is new in a dossier for whoever asks."""
        since = self.seen.get(row.pk)
        if since is None:
            return (News.NEW,)
        answered = self.corrections.get(row.pk, (0, None))[1]
        corrected = bool(answered and answered > since)
        answers = filter(None, (self.confirmed.get(row.pk), self.denied.get(row.pk)))
        told = max(answers, default=None)
        happened = (
            (News.MESSAGE, bool((at := self.written.get(row.pk)) and at > since)),
            (News.CORRECTED, corrected),
            (News.CHANGED, revision.deposited_at > since and not corrected),
            (News.CONFIRMED, bool(told and told > since)),
        )
        return tuple(kind for kind, is_new in happened if is_new)


def _line(row: Dossier, around: _Around) -> Line:
    revision = around.revisions[row.pk]
    typed = Typed.from_json(revision.content)
    given, surname = typed.get("representative.given_names"), typed.get("representative.surname")
    looked = around.examined.get(row.pk)
    is_current = looked is not None and looked.n == revision.n
    return Line(
        number=row.number,
        state=row.state,
        legal_name=mails.legal_name(row),
        siret=row.siret,
        department=row.company.get("department_number", ""),
        representative=f"{given} {surname}".strip(),
        administrators=len(typed.ids(ADMINISTRATORS)),
        types=tuple(word for path, word in TYPES.items() if typed.has(path)),
        assignee=row.assignee_label,
        filed_at=row.filed_at,
        active_at=row.active_at,
        checks=looked.level if looked and is_current else "",
        is_proposed=bool(looked and is_current and looked.is_proposed),
        is_to_correct=bool(around.corrections.get(row.pk, (0, None))[0]),
        waits_for_approval=row.pk in around.waiting,
        has_edits=row.draft_differs,
        news=around.news(row, revision),
    )


def _pairs(model: Any, condition: Q, field: str) -> Iterable[tuple[int, Any]]:
    found: Iterable[tuple[int, Any]] = model.objects.filter(condition).values_list("dossier", field)
    return found


def _latest(model: Any, condition: Q, field: str) -> dict[int, datetime]:
    grouped = model.objects.filter(condition).values("dossier").annotate(last=Max(field))
    return dict(grouped.values_list("dossier", "last"))

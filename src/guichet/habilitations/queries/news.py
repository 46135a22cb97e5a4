"""What happened in a period that an instructor should hear of, by dossier."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from guichet.domain.dossier.states import DossierState
from guichet.habilitations import mails
from guichet.habilitations.models import (
    AdministratorConfirmation,
    Decision,
    Dossier,
    Following,
    Message,
    Revision,
)
from guichet.habilitations.queries.instruction import dossiers
from guichet.identities.actors import Actor

NEW, CHANGED, CORRECTED = "new", "changed", "corrected"
MESSAGE, CONFIRMED, DENIED, WAITING = "message", "confirmed", "denied", "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierNews:
    """What is new in one dossier, each kind once."""

    number: int
    legal_name: str
    kinds: tuple[str, ...]


def news_for(who: Actor, since: datetime, until: datetime) -> tuple[DossierNews, ...]:
    """News of (since, until]: deposits that nobody has, and what concerns the dossiers one follows.

    Decisions that wait for a second person are told to all but their author.
    """
    kinds: dict[int, list[str]] = defaultdict(list)
    for key, kind in _happened(who, since, until):
        if kind not in kinds[key]:
            kinds[key].append(kind)
    rows = dossiers(who).filter(pk__in=list(kinds)).order_by("number")
    return tuple(
        DossierNews(number=row.number, legal_name=mails.legal_name(row), kinds=tuple(kinds[row.pk]))
        for row in rows
    )


def _happened(who: Actor, since: datetime, until: datetime) -> Iterator[tuple[int, str]]:
    def during(field: str) -> Q:
        return Q(**{f"{field}__gt": since, f"{field}__lte": until})

    mine = Q(dossier__in=_followed(who))
    unclaimed = Q(state=DossierState.FILED.value, assignee_id=None)
    for key in dossiers(who).filter(unclaimed & during("filed_at")).values_list("pk", flat=True):
        yield key, NEW
    for key, answers in Revision.objects.filter(mine & during("deposited_at"), n__gt=1).values_list(
        "dossier", "correction"
    ):
        yield key, CORRECTED if answers else CHANGED
    written = Message.objects.filter(mine & during("sent_at"), from_staff=False)
    for key in written.values_list("dossier", flat=True):
        yield key, MESSAGE
    answered = AdministratorConfirmation.objects.filter(mine)
    for key in answered.filter(during("confirmed_at")).values_list("dossier", flat=True):
        yield key, CONFIRMED
    for key in answered.filter(during("denied_at")).values_list("dossier", flat=True):
        yield key, DENIED
    waiting = Decision.objects.filter(
        during("proposed_at"), approved_at=None, withdrawn_at=None, replaced_at=None
    )
    for key in waiting.exclude(by_id__in=who.accounts).values_list("dossier", flat=True):
        yield key, WAITING


def _followed(who: Actor) -> QuerySet[Dossier]:
    following = Following.objects.filter(
        dossier=OuterRef("pk"), account_id=who.account_id, follows=True
    )
    return dossiers(who).filter(Q(assignee_id=who.account_id) | Q(Exists(following)))

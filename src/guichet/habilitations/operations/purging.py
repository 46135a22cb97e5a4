"""Retention: what is deleted when its time is over, and the stub that stays.

Only drafts and decided dossiers are ever purged: what an applicant deposited and nobody decided
stays, however old.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Literal

from django.db import transaction

from guichet.domain.dossier.states import DECIDED, DossierState
from guichet.habilitations import files, mails
from guichet.habilitations.models import (
    Attachment,
    Correction,
    Decision,
    Dossier,
    Message,
    PurgedDossier,
    Revision,
)
from guichet.habilitations.operations import reminding
from guichet.habilitations.operations.granting import has_open_rights
from guichet.habilitations.policy import policy
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.notifications import operations as notifications
from guichet.notifications import queries as outbox

Why = Literal["draft", "trash", "decided"]
LAST_NOTICE: Final = min(reminding.BEFORE_PURGE)
DECIDED_STATES: Final = sorted(state.value for state in DECIDED)


@dataclass(frozen=True, slots=True)
class Purgeable:
    """A dossier whose time is over, and by which rule."""

    number: int
    state: str
    why: Why


def purgeable(at: datetime) -> tuple[Purgeable, ...]:
    """What `purge` would delete, by number."""
    rules = policy()
    drafts = Dossier.objects.filter(state=DossierState.DRAFT.value)
    old = (
        drafts.filter(trashed_at__lte=at - rules.trash_life),
        drafts.filter(saved_at__lte=at - rules.draft_life),
        Dossier.objects.filter(state__in=DECIDED_STATES, active_at__lte=at - rules.decided_life),
    )
    rows = {row.number: row for found in old for row in found}
    return tuple(
        Purgeable(number, row.state, why)
        for number, row in sorted(rows.items())
        if (why := _why(row, at)) is not None
    )


def purge(*, by: str, at: datetime) -> tuple[Purgeable, ...]:
    """Delete what is over, each dossier in a transaction of its own; what was deleted."""
    return tuple(found for found in purgeable(at) if _purge(found.number, by, at))


@transaction.atomic
def _purge(number: int, by: str, at: datetime) -> bool:
    row = Dossier.objects.select_for_update().filter(number=number).first()
    why = _why(row, at) if row is not None else None
    if row is None or why is None:
        return False
    told = mails.applicants(row) if why == "draft" else ()
    PurgedDossier.objects.create(
        number=number,
        state=row.state,
        created_at=row.created_at,
        filed_at=row.filed_at,
        decided_at=row.decided_at,
        purged_at=at,
    )
    notifications.forget(about=mails.about(number))
    mails.tell(row, told, "draft-purged", "purged", at)
    facts = {"state": row.state, "why": why}
    subject = mails.about(number)
    _erase(row)
    journal.record(Event.DOSSIER_PURGED, subject=subject, actor=by, at=at, facts=facts)
    return True


@transaction.atomic
def erase_draft(number: int, *, by: str, at: datetime) -> bool:
    """Delete a draft at once, at its owner's wish: nobody is told. False for what is no draft."""
    drafts = Dossier.objects.select_for_update().filter(state=DossierState.DRAFT.value)
    row = drafts.filter(number=number).first()
    if row is None:
        return False
    subject = mails.about(number)
    notifications.forget(about=subject)
    _erase(row)
    facts = {"state": DossierState.DRAFT.value, "why": "erasure"}
    journal.record(Event.DOSSIER_PURGED, subject=subject, actor=by, at=at, facts=facts)
    return True


def _erase(row: Dossier) -> None:
    """Every row of a dossier, then its files once the transaction holds."""
    attachments = Attachment.objects.filter(dossier=row)
    keys = list(attachments.values_list("key", flat=True))
    attachments.delete()
    Correction.objects.filter(dossier=row).delete()
    Decision.objects.filter(dossier=row).delete()
    Message.objects.filter(dossier=row).delete()
    Revision.objects.filter(dossier=row).delete()
    row.delete()
    for key in keys:
        transaction.on_commit(partial(files.erase, key))


def _why(row: Dossier, at: datetime) -> Why | None:
    """The rule by which a dossier may go now, None when it must stay."""
    rules = policy()
    if row.state == DossierState.DRAFT.value:
        if row.trashed_at is not None and row.trashed_at <= at - rules.trash_life:
            return "trash"
        is_old = row.saved_at <= at - rules.draft_life
        return "draft" if is_old and _was_warned(row, at) else None
    if row.state not in DECIDED_STATES or row.active_at > at - rules.decided_life:
        return None
    return None if has_open_rights(row.number, at) else "decided"


def _was_warned(row: Dossier, at: datetime) -> bool:
    """Whether the last notice left in time; nobody can warn an owner without an address."""
    if not mails.applicants(row):
        return True
    template, key = reminding.purge_notice(row, LAST_NOTICE)
    written = outbox.written_at(mails.dedupe_key(row.number, template, key))
    return written is not None and written <= at - timedelta(days=LAST_NOTICE)

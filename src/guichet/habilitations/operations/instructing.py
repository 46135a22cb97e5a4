"""Instruction before a decision: take, give back, ask corrections, follow, annotate."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils import translation

from guichet.domain.dossier.permissions import Act
from guichet.domain.dossier.states import DOSSIERS, DossierAct, DossierState
from guichet.domain.dossier.typed import Typed
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import mails
from guichet.habilitations.models import Annotation, Correction, Dossier, Following
from guichet.habilitations.operations.drafting import content_of
from guichet.habilitations.operations.noting import note
from guichet.habilitations.standing import find, lock
from guichet.habilitations.texts import FILES, label_of
from guichet.identities.actors import Actor
from guichet.journal.events import Event


class CorrectionReason(StrEnum):
    """Why a correction is asked."""

    INCORRECT = "incorrect"
    INCOMPLETE = "incomplete"
    OUTDATED = "outdated"


@transaction.atomic
def take(*, number: int, by: Actor, at: datetime, force: bool = False) -> None:
    """Begin instruction: the form freezes, and the instructor follows and is assigned.

    Edits not deposited are refused unless forced, and then lost to the decision, not to their
    author. Raises Refusal: CORRECTION_PENDING, EDITS_PENDING, MOVE_FORBIDDEN, DOSSIER_*.
    """
    row = lock(number, by, Act.INSTRUCT)
    DOSSIERS.next(DossierState(row.state), DossierAct.TAKE)
    if not force and Correction.objects.filter(dossier=row, resolved_at=None).exists():
        raise Refusal(Code.CORRECTION_PENDING, number=number)
    if not force and row.draft_differs:
        raise Refusal(Code.EDITS_PENDING, number=number)
    _move(row, DossierAct.TAKE, at)
    row.taken_at = at
    row.assignee_id, row.assignee_label = by.account_id, by.label
    row.save()
    Correction.objects.filter(dossier=row, resolved_at=None).update(resolved_at=at)
    follow(number=number, by=by, follows=True, at=at)
    note(Event.DOSSIER_TAKEN, row, by, at)
    mails.tell_applicant(row, "taken", at.isoformat(), at)


@transaction.atomic
def give_back(*, number: int, by: Actor, at: datetime) -> None:
    """Back to en construction: the applicant may write again.

    Raises Refusal: MOVE_FORBIDDEN, DECISION_PENDING.
    """
    row = lock(number, by, Act.INSTRUCT)
    _require_no_proposal(row)
    _move(row, DossierAct.GIVE_BACK, at)
    row.save()
    note(Event.DOSSIER_GIVEN_BACK, row, by, at)
    mails.tell_applicant(row, "given_back", at.isoformat(), at)


@transaction.atomic
def ask_correction(
    *,
    number: int,
    reason: CorrectionReason,
    comments: Mapping[str, str],
    body: str,
    by: Actor,
    at: datetime,
) -> None:
    """Ask the applicant to correct fields; `comments` by path, `body` the general word.

    Raises Refusal: REASON_MISSING (nothing said), CORRECTION_PENDING, DECISION_PENDING,
    MOVE_FORBIDDEN.
    """
    row = lock(number, by, Act.INSTRUCT)
    _require_no_proposal(row)
    typed = content_of(row)
    known = {*typed.paths(), *FILES}
    kept = {p: c.strip()[:1000] for p, c in comments.items() if p in known and c.strip()}
    if not kept and not body.strip():
        raise Refusal(Code.REASON_MISSING, field="body")
    if Correction.objects.filter(dossier=row, resolved_at=None).exists():
        raise Refusal(Code.CORRECTION_PENDING, number=number)
    _move(row, DossierAct.ASK_CORRECTION, at)
    row.save()
    context = {"reason": reason.value, "body": body.strip(), "fields": _labelled(kept, typed, row)}
    message = mails.tell_applicant(row, "correction", at.isoformat(), at, context)
    message.kind, message.author_id, message.author_label = "correction", by.account_id, by.label
    message.body = body.strip()  # the fields stand beside it; the e-mail told both
    message.save(update_fields=["kind", "author_id", "author_label", "body"])
    Correction.objects.create(
        dossier=row,
        message=message,
        reason=reason.value,
        fields=kept,
        asked_by=by.label,
        asked_at=at,
    )
    facts = {"reason": reason.value, "fields": " ".join(kept)}
    note(Event.DOSSIER_CORRECTION_ASKED, row, by, at, facts)


@transaction.atomic
def assign(*, number: int, to: Actor | None, by: Actor, at: datetime) -> None:
    """Assign a dossier to an instructor, or to nobody. Safe to repeat."""
    row = lock(number, by, Act.INSTRUCT)
    if row.assignee_id == (to.account_id if to else None):
        return
    row.assignee_id = to.account_id if to else None
    row.assignee_label = to.label if to else ""
    row.save(update_fields=["assignee_id", "assignee_label"])
    facts = {"to": to.ref if to else ""}
    note(Event.DOSSIER_ASSIGNED, row, by, at, facts)


@transaction.atomic
def follow(*, number: int, by: Actor, follows: bool, at: datetime) -> None:
    """Follow a dossier or stop; whoever follows is told of its news."""
    row = find(number, by, Act.READ)
    Following.objects.update_or_create(
        account_id=by.account_id,
        dossier=row,
        defaults={"follows": follows, "label": by.label},
    )


@transaction.atomic
def see(*, number: int, by: Actor, at: datetime) -> datetime | None:
    """Note that an instructor opened a dossier; returns when they did before.

    Reading personal data leaves a trace: the first reading of each day is journalled.
    """
    row = find(number, by, Act.READ)
    seen, _new = Following.objects.get_or_create(
        account_id=by.account_id, dossier=row, defaults={"label": by.label}
    )
    before = seen.seen_at
    seen.seen_at, seen.label = at, by.label
    seen.save(update_fields=["seen_at", "label"])
    if before is None or before.date() != at.date():
        note(Event.DOSSIER_READ, row, by, at)
    return before


@transaction.atomic
def annotate(*, number: int, body: str, by: Actor, at: datetime) -> None:
    """Leave a note for other instructors; the last note written again is that same note.

    Raises Refusal(FIELD_MISSING) on an empty one.
    """
    row = lock(number, by, Act.ANNOTATE)
    text = body.strip()[:4000]
    if not text:
        raise Refusal(Code.FIELD_MISSING, field="body")
    last = row.annotations.order_by("-pk").values_list("by_label", "body").first()
    if last == (by.label, text):
        return
    Annotation.objects.create(dossier=row, by_label=by.label, body=text, at=at)
    note(Event.DOSSIER_ANNOTATED, row, by, at)


@transaction.atomic
def archive(*, number: int, by: Actor, at: datetime) -> None:
    """Put a decided dossier out of the lists. Safe to repeat. Raises Refusal(MOVE_FORBIDDEN)."""
    row = lock(number, by, Act.INSTRUCT)
    if row.decided_at is None:
        raise Refusal(Code.MOVE_FORBIDDEN, state=row.state, act="archive")
    if row.archived_at is None:
        row.archived_at = at
        row.save(update_fields=["archived_at"])
        note(Event.DOSSIER_ARCHIVED, row, by, at)


def _require_no_proposal(row: Dossier) -> None:
    """A decision that waits is about what was read: nobody may change that under it."""
    standing = row.decisions.filter(approved_at=None, withdrawn_at=None, replaced_at=None)
    if standing.exists():
        raise Refusal(Code.DECISION_PENDING, number=row.number)


def _labelled(comments: Mapping[str, str], typed: Typed, row: Dossier) -> list[tuple[str, str]]:
    """Each comment with the name of its field, in the language of the dossier."""
    with translation.override(row.language):
        return [(label_of(path, typed), comment) for path, comment in comments.items()]


def _move(row: Dossier, act: DossierAct, at: datetime) -> None:
    row.state = DOSSIERS.next(DossierState(row.state), act).value
    row.active_at = at

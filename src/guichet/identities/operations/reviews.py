"""Reviews of access: begun over everybody, one word of another person on each, ended."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guichet.domain.access.reviews import Verdict, admit_end
from guichet.domain.access.roles import WHY_AT_MOST, RoleAsked, admit_other, held
from guichet.domain.duties import STAFF, Duty
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import clean_lines
from guichet.identities.actors import Actor
from guichet.identities.models import AccessReview, Account, ReviewedAccount
from guichet.identities.operations.roles import ask_role
from guichet.journal import operations as journal
from guichet.journal.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a reviewer says of one person; a note is wanted where roles are to be taken."""

    line: int
    verdict: Verdict
    note: str = ""


@transaction.atomic
def begin_review(*, by: Actor, at: datetime) -> int:
    """List everybody who holds a role of the staff, as it is now; the review's number.

    Raises Refusal ROLE_MISSING, REVIEW_OPEN_ALREADY.
    """
    _require_duty(by)
    if AccessReview.objects.filter(ended_at=None).exists():
        raise Refusal(Code.REVIEW_OPEN_ALREADY)
    review = AccessReview.objects.create(begun_at=at, begun_ref=by.ref)
    lines = [
        ReviewedAccount(review=review, account=one, roles=sorted(roles), last_login=one.last_login)
        for one in Account.objects.filter(is_active=True).exclude(roles=[])
        if (roles := STAFF & held(one.roles, one.role_ends, at))
    ]
    ReviewedAccount.objects.bulk_create(lines)
    facts = {"people": len(lines)}
    journal.record(Event.ACCESS_REVIEW_BEGUN, subject=str(review), actor=by.ref, at=at, facts=facts)
    return review.pk


@transaction.atomic
def review_account(*, review_id: int, said: Said, by: Actor, at: datetime) -> None:
    """Keep the roles of a person, or ask that they be taken, which a third person approves.

    Raises Refusal ROLE_MISSING, ACCESS_UNKNOWN, ACCESS_SAME_PERSON, MOVE_FORBIDDEN,
    FIELD_MISSING on `note`.
    """
    _require_duty(by)
    line = _line(review_id, said.line)
    admit_other(by.accounts, line.account_id, line.account.twin_id)
    if line.verdict or line.review.ended_at is not None:
        raise Refusal(Code.MOVE_FORBIDDEN, state=line.verdict or "ended", act="review")
    takes = said.verdict is Verdict.TO_TAKE
    if takes or said.note.strip():
        line.note = clean_lines(said.note, limit=WHY_AT_MOST, field="note")
    line.verdict, line.reviewer_id, line.reviewer_ref = said.verdict.value, by.account_id, by.ref
    line.reviewed_at = at
    line.save(update_fields=["note", "verdict", "reviewer", "reviewer_ref", "reviewed_at"])
    facts: dict[str, str | int] = {
        "verdict": line.verdict,
        "roles": " ".join(line.roles),
        "review": line.review_id,
    }
    journal.record(
        Event.ACCESS_REVIEWED, subject=str(line.account), actor=by.ref, at=at, facts=facts
    )
    if takes:
        _ask_taking(line, by, at)


@transaction.atomic
def end_review(*, review_id: int, by: Actor, at: datetime) -> None:
    """End a review. Raises Refusal ROLE_MISSING, ACCESS_UNKNOWN, MOVE_FORBIDDEN,
    REVIEW_UNFINISHED."""
    _require_duty(by)
    review = AccessReview.objects.select_for_update(no_key=True).filter(pk=review_id).first()
    if review is None:
        raise Refusal(Code.ACCESS_UNKNOWN)
    if review.ended_at is not None:
        raise Refusal(Code.MOVE_FORBIDDEN, state="ended", act="end")
    admit_end(review.lines.filter(verdict="").count())
    review.ended_at, review.ended_ref = at, by.ref
    review.save(update_fields=["ended_at", "ended_ref"])
    facts = {
        verdict.value: review.lines.filter(verdict=verdict.value).count() for verdict in Verdict
    }
    journal.record(Event.ACCESS_REVIEW_ENDED, subject=str(review), actor=by.ref, at=at, facts=facts)


def _ask_taking(line: ReviewedAccount, by: Actor, at: datetime) -> None:
    """A request for each role still held; one that waits already is enough."""
    for role in line.roles:
        asked = RoleAsked(role=role, gives=False, why=line.note)
        try:
            with transaction.atomic():
                ask_role(account_id=line.account_id, asked=asked, by=by, at=at)
        except Refusal as refusal:
            if refusal.code not in {Code.ROLE_ASKED_ALREADY, Code.ROLE_NOT_HELD}:
                raise


def _line(review_id: int, line_id: int) -> ReviewedAccount:
    rows = ReviewedAccount.objects.select_for_update(of=("self",))
    row = rows.select_related("account", "review").filter(pk=line_id, review_id=review_id).first()
    if row is None:
        raise Refusal(Code.ACCESS_UNKNOWN)
    return row


def _require_duty(by: Actor) -> None:
    if not by.may(Duty.REVIEW_ROLES):
        raise Refusal(Code.ROLE_MISSING)

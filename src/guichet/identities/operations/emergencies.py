"""Break-glass: a role opened alone, told to all who watch, ended, and reviewed by another."""

from datetime import datetime

from django.db import transaction

from guichet.domain.access import emergencies as rules
from guichet.domain.access.roles import WHY_AT_MOST, admit_other, held
from guichet.domain.duties import Duty
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import clean_lines
from guichet.identities import access_mails
from guichet.identities.actors import Actor
from guichet.identities.models import EmergencyAccess
from guichet.identities.operations import staff_accounts
from guichet.journal.events import Event


@transaction.atomic
def open_emergency(*, role: str, why: str, by: Actor, at: datetime) -> int:
    """Open a role that one lacks for an hour; the emergency's number.

    Raises Refusal ROLE_MISSING, EMERGENCY_OPEN_ALREADY, FIELD_MISSING, and those of
    domain.access.emergencies.admit.
    """
    account = staff_accounts.locked(by.account_id)
    lasting = held(account.roles, account.role_ends, at)
    if not by.may(Duty.BREAK_GLASS) or not lasting & by.roles:
        raise Refusal(Code.ROLE_MISSING)
    if account.emergency_ends_at is not None and at < account.emergency_ends_at:
        raise Refusal(Code.EMERGENCY_OPEN_ALREADY)
    reason = clean_lines(why, limit=WHY_AT_MOST, field="why")
    rules.admit(role, reason, lasting)
    row = EmergencyAccess.objects.create(
        account=account,
        role=role,
        why=reason,
        opened_ref=by.ref,
        opened_at=at,
        ends_at=at + rules.LASTS,
    )
    account.emergency_role, account.emergency_ends_at = role, row.ends_at
    account.save(update_fields=["emergency_role", "emergency_ends_at"])
    staff_accounts.note(
        Event.EMERGENCY_OPENED, row, by, at, why=reason, ends_at=row.ends_at.isoformat()
    )
    access_mails.tell_emergency(row, by.label, at)
    return row.pk


@transaction.atomic
def end_emergency(*, by: Actor, at: datetime) -> None:
    """End the role that one opened, before it ends by itself. Raises Refusal ACCESS_UNKNOWN."""
    account = staff_accounts.locked(by.account_id)
    rows = EmergencyAccess.objects.select_for_update(no_key=True).filter(
        account=account, ended_at=None
    )
    row = rows.filter(ends_at__gt=at).first()
    if row is None:
        raise Refusal(Code.ACCESS_UNKNOWN)
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    account.emergency_role, account.emergency_ends_at = "", None
    account.save(update_fields=["emergency_role", "emergency_ends_at"])
    staff_accounts.note(Event.EMERGENCY_ENDED, row, by, at)
    access_mails.tell_emergency(row, by.label, at, ended=True)


@transaction.atomic
def review_emergency(*, emergency_id: int, note: str, by: Actor, at: datetime) -> None:
    """Say what another person found of what was done under an emergency that is over.

    Raises Refusal ROLE_MISSING, ACCESS_UNKNOWN, ACCESS_SAME_PERSON, MOVE_FORBIDDEN (it still
    lasts, or is reviewed already), FIELD_MISSING on `note`.
    """
    if not by.may(Duty.REVIEW_ROLES):
        raise Refusal(Code.ROLE_MISSING)
    rows = EmergencyAccess.objects.select_for_update(of=("self",)).select_related("account")
    row = rows.filter(pk=emergency_id).first()
    if row is None:
        raise Refusal(Code.ACCESS_UNKNOWN)
    admit_other(by.accounts, row.account_id, row.account.twin_id)
    if row.reviewed_at is not None or at < (row.ended_at or row.ends_at):
        raise Refusal(Code.MOVE_FORBIDDEN, state="open", act="review")
    row.note = clean_lines(note, limit=WHY_AT_MOST, field="note")
    row.reviewed_by_id, row.reviewed_ref, row.reviewed_at = by.account_id, by.ref, at
    row.save(update_fields=["note", "reviewed_by", "reviewed_ref", "reviewed_at"])
    staff_accounts.note(Event.EMERGENCY_REVIEWED, row, by, at, emergency=row.pk, note=row.note)

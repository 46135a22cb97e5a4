"""Roles of the staff, asked by one person and decided by another; the first two by bootstrap."""

from datetime import datetime

from django.db import transaction

from guichet.domain.access import roles as rules
from guichet.domain.access.roles import REQUESTS, RequestAct, RequestState, RoleAsked
from guichet.domain.duties import CARRIED_BY, Duty
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import clean_lines
from guichet.identities import access_mails
from guichet.identities.actors import Actor
from guichet.identities.models import Account, RoleHolding, RoleRequest
from guichet.identities.operations import staff_accounts
from guichet.journal.events import Event


@transaction.atomic
def ask_role(*, account_id: int, asked: RoleAsked, by: Actor, at: datetime) -> int:
    """Ask that a role be given to, or taken from, somebody else; the request's number.

    Raises Refusal ROLE_MISSING, ACCESS_UNKNOWN, ACCESS_SAME_PERSON, ROLE_ASKED_ALREADY,
    FIELD_MISSING on `why`, and those of domain.access.roles.admit.
    """
    _require_duty(by)
    account = staff_accounts.locked(account_id)
    rules.admit_other(by.accounts, account.pk, account.twin_id)
    why = clean_lines(asked.why, limit=rules.WHY_AT_MOST, field="why")
    rules.admit(asked, _held(account, at), at)
    waiting = RoleRequest.objects.filter(account=account, role=asked.role)
    if waiting.filter(state=RequestState.ASKED.value).exists():
        raise Refusal(Code.ROLE_ASKED_ALREADY, field="role")
    row = RoleRequest.objects.create(
        account=account,
        role=asked.role,
        gives=asked.gives,
        why=why,
        until=asked.until,
        asked_by_id=by.account_id,
        asked_ref=by.ref,
        asked_at=at,
    )
    staff_accounts.note(
        Event.ROLE_ASKED, row, by, at, request=row.pk, gives=int(row.gives), why=why
    )
    access_mails.tell_asked(row, by, at)
    return row.pk


@transaction.atomic
def approve_role(*, request_id: int, by: Actor, at: datetime) -> None:
    """Give or take the role that another person asked for.

    Raises Refusal ROLE_MISSING, ACCESS_UNKNOWN, ACCESS_SAME_PERSON, MOVE_FORBIDDEN,
    ROLE_LAST_HOLDERS, and those of domain.access.roles.admit, since things may have changed.
    """
    row = _decided(request_id, RequestAct.APPROVE, by, at)
    asked = RoleAsked(role=row.role, gives=row.gives, why=row.why, until=row.until)
    rules.admit(asked, _held(row.account, at), at)
    if row.gives:
        _give(row, at)
    else:
        _require_enough(row, at)
        _take(row, at)
    event = Event.ROLE_GIVEN if row.gives else Event.ROLE_TAKEN
    until = {"until": row.until.isoformat()} if row.until else {}
    staff_accounts.note(event, row, by, at, request=row.pk, asked_by=row.asked_ref, **until)
    access_mails.tell_decided(row, by, at)


@transaction.atomic
def refuse_role(*, request_id: int, note: str, by: Actor, at: datetime) -> None:
    """Refuse what another person asked, and say why.

    Raises Refusal ROLE_MISSING, ACCESS_UNKNOWN, ACCESS_SAME_PERSON, MOVE_FORBIDDEN, FIELD_MISSING.
    """
    row = _decided(request_id, RequestAct.REFUSE, by, at)
    row.note = clean_lines(note, limit=rules.WHY_AT_MOST, field="note")
    row.save(update_fields=["note"])
    staff_accounts.note(Event.ROLE_REFUSED, row, by, at, request=row.pk, why=row.note)
    access_mails.tell_decided(row, by, at)


@transaction.atomic
def withdraw_role_request(*, request_id: int, by: Actor, at: datetime) -> None:
    """Give one's own request up. Raises Refusal ACCESS_UNKNOWN, ACCESS_SAME_PERSON (not one's own),
    MOVE_FORBIDDEN."""
    row = _locked(request_id)
    if row.asked_by_id not in by.accounts:
        raise Refusal(Code.ACCESS_SAME_PERSON)
    _settle(row, RequestAct.WITHDRAW, by, at)
    staff_accounts.note(Event.ROLE_REQUEST_WITHDRAWN, row, by, at, request=row.pk)


def _give(row: RoleRequest, at: datetime) -> None:
    account, role = row.account, row.role
    stale = RoleHolding.objects.filter(account=account, role=role, ended_at=None)
    stale.update(ended_at=at)
    RoleHolding.objects.create(
        account=account,
        role=role,
        since=at,
        until=row.until,
        given_by=row.asked_ref,
        approved_by=row.decided_ref,
    )
    _keep(account, {*rules.held(account.roles, account.role_ends, at), role})
    if row.until is not None:
        account.role_ends = {**(account.role_ends or {}), role: row.until.isoformat()}
        account.save(update_fields=["role_ends"])


def _take(row: RoleRequest, at: datetime) -> None:
    account, role = row.account, row.role
    open_ones = RoleHolding.objects.filter(account=account, role=role, ended_at=None)
    open_ones.update(ended_at=at, ended_by=row.decided_ref)
    _keep(account, rules.held(account.roles, account.role_ends, at) - {role})


def _keep(account: Account, roles: set[str] | frozenset[str]) -> None:
    """Write the roles; the ends of those that are no longer held go."""
    account.roles = sorted(roles)
    left = {r: end for r, end in (account.role_ends or {}).items() if r in roles}
    account.role_ends = left or None
    account.save(update_fields=["roles", "role_ends"])


def _require_enough(row: RoleRequest, at: datetime) -> None:
    everybody = (
        Account.objects.select_for_update(no_key=True).filter(is_active=True).exclude(roles=[])
    )
    left = [
        _held(one, at) - ({row.role} if one.pk == row.account_id else set()) for one in everybody
    ]
    rules.admit_taking(row.role, left)


def _held(account: Account, at: datetime) -> frozenset[str]:
    return rules.held(account.roles, account.role_ends, at)


def _decided(request_id: int, act: RequestAct, by: Actor, at: datetime) -> RoleRequest:
    """The request, locked and settled by another person than who asked and whose role it is."""
    _require_duty(by)
    row = _locked(request_id)
    rules.admit_other(by.accounts, row.asked_by_id, row.account_id, row.account.twin_id)
    _settle(row, act, by, at)
    return row


def _settle(row: RoleRequest, act: RequestAct, by: Actor, at: datetime) -> None:
    row.state = REQUESTS.next(RequestState(row.state), act).value
    row.decided_by_id, row.decided_ref, row.decided_at = by.account_id, by.ref, at
    row.save(update_fields=["state", "decided_by", "decided_ref", "decided_at"])


def _locked(request_id: int) -> RoleRequest:
    rows = RoleRequest.objects.select_for_update(no_key=True).select_related("account", "asked_by")
    row = rows.filter(pk=request_id).first()
    if row is None:
        raise Refusal(Code.ACCESS_UNKNOWN)
    return row


def _require_duty(by: Actor) -> None:
    """A role that was opened in an emergency gives no role to anybody."""
    lasting = by.roles - ({by.emergency.role} if by.emergency else set())
    if not CARRIED_BY[Duty.ASK_ROLES] & lasting:
        raise Refusal(Code.ROLE_MISSING)

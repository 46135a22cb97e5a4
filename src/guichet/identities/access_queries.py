"""Roles, requests, emergencies, reviews and sessions, read for the pages of the back office."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db.models import Q

from guichet.domain.access.reviews import IDLE_AFTER
from guichet.domain.access.roles import RequestState, held
from guichet.domain.duties import STAFF
from guichet.domain.refusals import Code, Refusal
from guichet.identities.models import (
    AccessReview,
    Account,
    EmergencyAccess,
    OpenSession,
    ReviewedAccount,
    RoleHolding,
    RoleRequest,
)
from guichet.identities.staff import labels_of

HISTORY_SHOWN: Final = 100
USUAL_AGE: Final = 1800
NUMBER_BITS: Final = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A role that somebody holds; `given_by` and `approved_by` are names."""

    role: str
    since: datetime
    until: datetime | None
    given_by: str
    approved_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """Somebody who works at the counter."""

    account_id: int
    public_id: UUID
    ref: str
    name: str
    email: str
    last_login: datetime | None
    holdings: tuple[Holding, ...]
    idle: bool

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles held for good, without those of an emergency."""
        return tuple(holding.role for holding in self.holdings)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSession:
    """A session that is open; `seen_at` is when something was last asked by it."""

    id: int
    by: str
    browser: str
    opened_at: datetime
    seen_at: datetime
    is_this: bool


def members(at: datetime) -> tuple[StaffMember, ...]:
    """Everybody who holds a role of the staff, by name: four queries, however many they are."""
    accounts = [
        one
        for one in Account.objects.filter(is_active=True).exclude(roles=[]).order_by("display_name")
        if STAFF & held(one.roles, one.role_ends, at)
    ]
    rows = list(RoleHolding.objects.filter(account__in=accounts, ended_at=None).order_by("role"))
    names = labels_of({ref for row in rows for ref in (row.given_by, row.approved_by)})
    return tuple(
        _member(one, [r for r in rows if r.account_id == one.pk], names, at) for one in accounts
    )


def member(public_id: UUID, at: datetime) -> StaffMember:
    """One of them, or somebody who may become one: whoever has a card. Raises Refusal
    ACCESS_UNKNOWN."""
    account = Account.objects.filter(public_id=public_id, is_active=True).first()
    if account is None or not (account.roles or account.cards.exists()):
        raise Refusal(Code.ACCESS_UNKNOWN)
    rows = list(account.holdings.filter(ended_at=None).order_by("role"))
    names = labels_of({ref for row in rows for ref in (row.given_by, row.approved_by)})
    return _member(account, rows, names, at)


def person_of_card(number: str) -> tuple[int, UUID] | None:
    """The open account of a card's number: whom a role may be asked for."""
    found = Account.objects.filter(cards__number=number, is_active=True).first()
    return (found.pk, found.public_id) if found else None


def requests(*, waiting: bool) -> tuple[RoleRequest, ...]:
    """The requests for roles that wait, or the last that were decided, the newest first."""
    rows = RoleRequest.objects.select_related("account", "asked_by", "decided_by")
    state = Q(state=RequestState.ASKED.value)
    return tuple(rows.filter(state if waiting else ~state).order_by("-pk")[:HISTORY_SHOWN])


def count_waiting() -> int:
    """How many requests for roles await a decision."""
    return RoleRequest.objects.filter(state=RequestState.ASKED.value).count()


def count_to_review(at: datetime) -> int:
    """How many emergencies are over and not reviewed."""
    is_over = Q(ends_at__lte=at) | Q(ended_at__isnull=False)
    return EmergencyAccess.objects.filter(is_over, reviewed_at=None).count()


def request(number: int) -> RoleRequest:
    """One request. Raises Refusal ACCESS_UNKNOWN."""
    rows = RoleRequest.objects.select_related("account", "asked_by", "decided_by")
    found = rows.filter(pk=number).first()
    if found is None:
        raise Refusal(Code.ACCESS_UNKNOWN)
    return found


def emergencies() -> tuple[EmergencyAccess, ...]:
    """The last emergencies, those that wait for a review first."""
    rows = EmergencyAccess.objects.select_related("account", "reviewed_by")
    unreviewed = list(rows.filter(reviewed_at=None).order_by("-pk"))
    reviewed = rows.filter(reviewed_at__isnull=False).order_by("-pk")[:HISTORY_SHOWN]
    return (*unreviewed, *reviewed)


def emergency(number: int) -> EmergencyAccess:
    """One emergency. Raises Refusal ACCESS_UNKNOWN."""
    rows = EmergencyAccess.objects.select_related("account", "reviewed_by")
    found = rows.filter(pk=number).first()
    if found is None:
        raise Refusal(Code.ACCESS_UNKNOWN)
    return found


def emergencies_lasting(at: datetime) -> Mapping[str, datetime]:
    """By reference, since when each emergency that is in effect is opened: the watchdog's."""
    rows = EmergencyAccess.objects.filter(ended_at=None, ends_at__gt=at)
    return {str(row): row.opened_at for row in rows}


def reviews() -> tuple[AccessReview, ...]:
    """Every review, the newest first."""
    return tuple(AccessReview.objects.order_by("-pk")[:HISTORY_SHOWN])


def review(number: int) -> AccessReview:
    """One review. Raises Refusal ACCESS_UNKNOWN."""
    found = AccessReview.objects.filter(pk=number).first()
    if found is None:
        raise Refusal(Code.ACCESS_UNKNOWN)
    return found


def reviewed(number: int) -> tuple[ReviewedAccount, ...]:
    """The people of a review, those that wait first; none where no database could number it."""
    if number.bit_length() > NUMBER_BITS:
        return ()
    rows = ReviewedAccount.objects.filter(review_id=number)
    return tuple(
        rows.select_related("account", "reviewer").order_by("verdict", "account__display_name")
    )


def sessions(account_id: int, at: datetime, *, this: str = "") -> tuple[OpenedSession, ...]:
    """The open sessions of an account, the newest first; `this` is the key of one's own."""
    kept = {row.session_key: row for row in OpenSession.objects.filter(account_id=account_id)}
    live = Session.objects.filter(session_key__in=kept, expire_date__gt=at)
    found = [_session(kept[one.session_key], one, this) for one in live]
    return tuple(sorted(found, key=lambda one: one.opened_at, reverse=True))


def _session(row: OpenSession, live: Session, this: str) -> OpenedSession:
    age = live.get_decoded().get("_session_expiry", USUAL_AGE)
    return OpenedSession(
        id=row.pk,
        by=row.by,
        browser=row.browser,
        opened_at=row.opened_at,
        seen_at=live.expire_date - timedelta(seconds=age),
        is_this=row.session_key == this,
    )


def _member(
    account: Account, rows: Iterable[RoleHolding], names: Mapping[str, str], at: datetime
) -> StaffMember:
    roles = held(account.roles, account.role_ends, at)
    last = account.last_login or account.created_at
    return StaffMember(
        account_id=account.pk,
        public_id=account.public_id,
        ref=str(account),
        name=account.display_name,
        email=account.email,
        last_login=account.last_login,
        holdings=tuple(
            Holding(
                role=row.role,
                since=row.since,
                until=row.until,
                given_by=names.get(row.given_by, row.given_by),
                approved_by=names.get(row.approved_by, row.approved_by),
            )
            for row in rows
            if row.role in roles
        ),
        idle=at - last > IDLE_AFTER,
    )

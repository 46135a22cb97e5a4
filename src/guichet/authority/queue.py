"""The queue of signing requests: leased, held, given back, set aside, sent back by an operator.

Several signers may run: rows are taken with SKIP LOCKED (PostgreSQL) or in an immediate transaction
(SQLite), under a lease that its holder prolongs while it works and that frees them when it dies.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Min, Q

from guichet.authority.leased import WORKABLE
from guichet.authority.models import SigningRequest
from guichet.authority.settling import settle
from guichet.domain.certificates.states import SigningAct, SigningState
from guichet.domain.certificates.urgency import Priority
from guichet.domain.refusals import Code, Refusal

LEASE: Final = timedelta(seconds=20)
ATTEMPTS_AT_MOST: Final = 5
# Neither settled nor set aside. SQLite uses a partial index only for a condition that has no
# parameters: hence both.
WAITING: Final = Q(settled_at=None, state__in=WORKABLE)
NEVER_ENDED: Final = "the signer did not come to an end"
SHOWN: Final = 200
PLENTY: Final = 2_000
COUNT_SECONDS: Final = 1.0
_roomy_until: dict[tuple[Priority, int], float] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many requests of a priority wait, and since when the oldest does."""

    priority: Priority
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A request that could not be signed: why, and what it was for."""

    request_id: UUID
    reference: str
    profile: str
    authority: str
    serial_hex: str | None
    failure: str
    requested_at: datetime
    set_aside_at: datetime | None


@transaction.atomic
def take(*, by: str, limit: int, at: datetime) -> tuple[UUID, ...]:
    """Lease the most urgent requests that nobody works on, the oldest first, for LEASE.

    A request that was begun without an end is taken alone, so that one which kills signers takes
    no other along; begun too often, it is set aside.
    """
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    rows = SigningRequest.objects.filter(free, WAITING)
    rows = rows.order_by("priority", "requested_at").select_for_update(skip_locked=True)
    taken: list[UUID] = []
    for identifier, attempts in rows.values_list("pk", "attempts")[:limit]:
        if attempts >= ATTEMPTS_AT_MOST:
            row = SigningRequest.objects.select_related("authority").get(pk=identifier)
            settle(row, SigningAct.SET_ASIDE, row.failure or NEVER_ENDED, by=by, at=at)
            continue
        if attempts and taken:
            break
        taken.append(identifier)
        if attempts:
            break
    SigningRequest.objects.filter(pk__among=taken).update(
        lease_until=at + LEASE, leased_by=by, attempts=F("attempts") + 1
    )
    return tuple(taken)


def hold(ids: Sequence[UUID], *, by: str, at: datetime) -> None:
    """Prolong the lease of what is still being signed; what went to another stays with it."""
    held = SigningRequest.objects.filter(pk__among=ids, leased_by=by, state__in=WORKABLE)
    held.update(lease_until=at + LEASE)


@transaction.atomic
def put_back(ids: Sequence[UUID], failure: str, *, by: str) -> None:
    """Leave requests for later, when their lease ends, as if they had not been begun.

    What went wrong is kept; it was not their fault.
    """
    SigningRequest.objects.filter(pk__among=ids, leased_by=by, state__in=WORKABLE).update(
        failure=failure[:500], attempts=F("attempts") - 1
    )


@transaction.atomic
def set_aside(request_id: UUID, failure: str, *, by: str, at: datetime) -> None:
    """Leave a request to an operator, with the reason; another signer's is left to it."""
    rows = SigningRequest.objects.filter(pk=request_id, leased_by=by, state__in=WORKABLE)
    for row in rows.select_for_update(of=("self",)).select_related("authority"):
        settle(row, SigningAct.SET_ASIDE, failure, by=by, at=at)


@transaction.atomic
def send_back(request_id: UUID, *, by: str, at: datetime) -> None:
    """An operator has mended the cause: it is signed under the serial number it has, if any.

    Raises Refusal: ORDER_UNKNOWN, MOVE_FORBIDDEN.
    """
    row = _locked(request_id)
    act = SigningAct.TAKE_UP if row.tbs else SigningAct.ASK_AGAIN
    row.attempts = 0
    row.save(update_fields=["attempts"])
    settle(row, act, "", by=by, at=at)


@transaction.atomic
def give_up(request_id: UUID, *, by: str, at: datetime) -> None:
    """An operator sees that it can never be signed; its key is free again.

    Raises Refusal: ORDER_UNKNOWN, MOVE_FORBIDDEN.
    """
    row = _locked(request_id)
    if row.state != SigningState.SET_ASIDE:
        raise Refusal(Code.MOVE_FORBIDDEN, state=row.state, act=SigningAct.FAIL.value)
    settle(row, SigningAct.FAIL, row.failure, by=by, at=at)


def waiting() -> tuple[Waiting, ...]:
    """What waits, the most urgent first."""
    rows = SigningRequest.objects.filter(WAITING).values("priority")
    found = rows.annotate(count=Count("pk"), oldest=Min("requested_at")).order_by("priority")
    return tuple(
        Waiting(priority=Priority(row["priority"]), count=row["count"], oldest=row["oldest"])
        for row in found
    )


def is_full(priority: Priority, limit: int) -> bool:
    """Whether as many requests of a priority wait as may.

    To count thousands costs more than to ask: while PLENTY of places are left, each process counts
    once a second, and a queue may pass its limit by what is asked meanwhile.
    """
    if time.monotonic() < _roomy_until.get((priority, limit), 0.0):
        return False
    rows = SigningRequest.objects.filter(WAITING, priority=priority)
    left = limit - rows[:limit].count()
    if left >= PLENTY:
        _roomy_until[priority, limit] = time.monotonic() + COUNT_SECONDS
    return left <= 0


def all_set_aside() -> tuple[SetAside, ...]:
    """What waits for an operator, the newest first, SHOWN at most."""
    rows = SigningRequest.objects.filter(state=SigningState.SET_ASIDE.value)
    rows = rows.select_related("authority").defer("csr", "tbs").order_by("-settled_at", "pk")
    return tuple(
        SetAside(
            request_id=row.pk,
            reference=row.reference,
            profile=row.profile,
            authority=row.authority.code,
            serial_hex=row.serial_hex,
            failure=row.failure,
            requested_at=row.requested_at,
            set_aside_at=row.settled_at,
        )
        for row in rows[:SHOWN]
    )


def count_set_aside() -> int:
    """How many requests wait for an operator."""
    return SigningRequest.objects.filter(state=SigningState.SET_ASIDE.value).count()


def _locked(request_id: UUID) -> SigningRequest:
    rows = SigningRequest.objects.select_for_update(of=("self",)).select_related("authority")
    row = rows.filter(pk=request_id).first()
    if row is None:
        raise Refusal(Code.ORDER_UNKNOWN)
    return row

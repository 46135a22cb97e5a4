"""Challenges are checked within a request, a few at a time; whoever asks later goes on.

A client that answers a challenge waits for the network as long as the checks take. No more than a
few threads of a process are held so: beyond, the challenge is left processing, and the client's
next look at it takes it up, as it does after a process was killed on the way.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from guichet.automation.acme import authorizing, keys
from guichet.automation.acme.policy import policy
from guichet.automation.acme.problems import Problem
from guichet.automation.acme.validation import checks
from guichet.automation.acme.validation.errors import Unproved
from guichet.automation.models import AcmeAuthorization, AcmeChallenge
from guichet.domain.acme.states import (
    CHALLENGES,
    AuthorizationAct,
    AuthorizationStatus,
    ChallengeAct,
    ChallengeStatus,
)
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.journal.events import Event


def answer(row: AcmeChallenge, by: Actor, at: datetime) -> AcmeChallenge:
    """The client says that its proof is there: look for it (RFC 8555 §7.5.1).

    Answered twice, it is checked once. Raises Refusal(TOO_MANY_TRIES).
    """
    status = ChallengeStatus(row.status)
    if status is ChallengeStatus.PENDING and _may_be_proved(row, at):
        _require_patience(row, at)
        AcmeChallenge.objects.filter(pk=row.pk, status=status.value).update(
            status=CHALLENGES.next(status, ChallengeAct.ANSWER).value
        )
    return advance(row, by, at)


def advance(row: AcmeChallenge, by: Actor, at: datetime) -> AcmeChallenge:
    """Check a challenge that was answered, unless somebody is checking it or there is no room."""
    with _room() as has_room:
        if has_room and _may_be_proved(row, at) and _claim(row, at):
            error = _look(row)
            _conclude(row, error, by, timezone.now())
    row.refresh_from_db()
    return row


def processing_of(authorization: AcmeAuthorization) -> AcmeChallenge | None:
    """The challenge of an authorization that is answered and not decided, if there is one."""
    rows = authorization.challenges.filter(status=ChallengeStatus.PROCESSING.value)
    return rows.order_by("pk").first()


def _may_be_proved(row: AcmeChallenge, at: datetime) -> bool:
    return authorizing.status_of(row.authorization, at) is AuthorizationStatus.PENDING


def _require_patience(row: AcmeChallenge, at: datetime) -> None:
    failed = AcmeChallenge.objects.filter(
        authorization__account=row.authorization.account_id,
        status=ChallengeStatus.INVALID.value,
        validated_at__gt=at - timedelta(hours=1),
    )
    if failed.count() >= policy().failures_per_hour:
        raise Refusal(Code.TOO_MANY_TRIES)


def _claim(row: AcmeChallenge, at: datetime) -> bool:
    """Whether it is ours to check: one statement, so that one of two wins."""
    mine = AcmeChallenge.objects.filter(pk=row.pk, status=ChallengeStatus.PROCESSING.value)
    free = mine.filter(claimed_until=None) | mine.filter(claimed_until__lte=at)
    return free.update(claimed_until=at + policy().check_life) == 1


def _look(row: AcmeChallenge) -> dict[str, Any] | None:
    """Ask the network, outside any transaction; the problem document of what is not proved."""
    authorization = row.authorization
    key = keys.thumbprint(keys.stored(authorization.account.jwk))
    try:
        checks.check(row.kind, authorization.name, row.token, f"{row.token}.{key}")
    except Unproved as unproved:
        return Problem(unproved.kind, unproved.detail, 403).document()
    return None


@transaction.atomic
def _conclude(row: AcmeChallenge, error: dict[str, Any] | None, by: Actor, at: datetime) -> None:
    """Write the verdict down, once: on the challenge, its authorization and their orders."""
    authorization = AcmeAuthorization.objects.select_for_update().get(pk=row.authorization_id)
    locked = AcmeChallenge.objects.select_for_update().get(pk=row.pk)
    is_decided = locked.status != ChallengeStatus.PROCESSING.value
    if is_decided or authorization.status != AuthorizationStatus.PENDING.value:
        return
    act = ChallengeAct.FAIL if error else ChallengeAct.PROVE
    locked.status = CHALLENGES.next(ChallengeStatus.PROCESSING, act).value
    locked.validated_at, locked.error, locked.claimed_until = at, error, None
    locked.save(update_fields=["status", "validated_at", "error", "claimed_until"])
    if error:
        authorizing.move(authorization, AuthorizationAct.FAIL)
        authorizing.end_orders(authorization, error)
    else:
        authorizing.move(authorization, AuthorizationAct.PROVE)
        authorization.method, authorization.validated_at = row.kind, at
        authorization.expires_at = at + policy().proof_life
        authorizing.free_orders(authorization)
    authorization.save(update_fields=["status", "method", "validated_at", "expires_at"])
    event = Event.ACME_NAME_UNPROVED if error else Event.ACME_NAME_PROVED
    facts = {"method": row.kind} | ({"why": error["detail"][:400]} if error else {})
    authorizing.tell(event, authorization, by, at, facts)


@contextmanager
def _room() -> Iterator[bool]:
    slots = _slots()
    has_room = slots.acquire(blocking=False)
    try:
        yield has_room
    finally:
        if has_room:
            slots.release()


@cache
def _slots() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(policy().checks_at_once)

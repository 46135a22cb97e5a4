"""Sending what waits for one hook, and noting how each try went.

A delivery is sent at least once: a worker that dies between the answer and the note leaves a lease
that lapses, and another sends the same octets under the same webhook-id.
"""

import random
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from django.db import connection, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from guichet.authority.authority_facts import authorities
from guichet.automation.models import Webhook, WebhookAttempt, WebhookDelivery
from guichet.automation.webhooks import connecting, keys, stopping
from guichet.automation.webhooks.connecting import Unreached
from guichet.automation.webhooks.operations import signing_keys
from guichet.domain.texts import visible
from guichet.domain.webhooks import (
    DELIVERIES,
    DeliveryAct,
    DeliveryState,
    HookState,
    Topic,
    is_over,
    pause_after,
    rest_after,
)

LEASE: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=12)
TURN: Final = 50
TURN_S: Final = 15.0
EXCERPT: Final = 500
AGENT: Final = "Guichet-Webhooks/1"
GONE: Final = 410
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try went; `status` is None when nothing came back, `error` then says why."""

    status: int | None
    milliseconds: int
    error: str = ""
    excerpt: str = ""
    wait: timedelta | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the receiver took it: any 2xx."""
        return self.status is not None and 200 <= self.status < 300


def ready(at: datetime) -> QuerySet[Webhook]:
    """The hooks that have something to send now, the one that waited longest first."""
    waiting = _waiting(at).filter(webhook=OuterRef("pk")).order_by("next_try_at", "pk")
    rows = Webhook.objects.annotate(
        first_at=Subquery(waiting.values("next_try_at")[:1]),
        first_topic=Subquery(waiting.values("topic")[:1]),
    )
    # A ping goes before all else, so that the first is one where there is one.
    pinged = ~Q(state=HookState.GONE.value) & Q(first_topic=Topic.PING.value)
    rows = rows.filter(_open("", at) | pinged, first_at__isnull=False)
    return rows.order_by("first_at", "pk")


def _due(at: datetime) -> QuerySet[WebhookDelivery]:
    """What may leave now: a ping also to a hook that is paused or resting."""
    pings = Q(topic=Topic.PING.value) & ~Q(webhook__state=HookState.GONE.value)
    return _waiting(at).filter(_open("webhook__", at) | pings)


def _waiting(at: datetime) -> QuerySet[WebhookDelivery]:
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    state = DeliveryState.WAITING.value
    return WebhookDelivery.objects.filter(free, state=state, next_try_at__lte=at)


def _open(hook: str, at: datetime) -> Q:
    rested = Q(**{f"{hook}rests_until": None}) | Q(**{f"{hook}rests_until__lte": at})
    return Q(**{f"{hook}state": HookState.ACTIVE.value}) & rested


def serve(hook: int, now: Clock, is_ending: Callable[[], bool] = lambda: False) -> int:
    """Send what waits for one hook, in order, until a try fails or its turn is over; how many.

    `is_ending` says that all must end: what is under way is finished, and nothing more begun.
    """
    began = time.monotonic()
    for sent in range(TURN):
        ends = is_ending() or time.monotonic() - began > TURN_S
        row = None if ends else take(hook, now())
        if row is None:
            return sent
        outcome = send(row, now())
        note(row, outcome, now())
        if not outcome.is_taken:
            return sent + 1
    return TURN


def take(hook: int, at: datetime) -> WebhookDelivery | None:
    """Lease the delivery of a hook that has waited longest."""
    with transaction.atomic():
        rows = _due(at).filter(webhook_id=hook).order_by("next_try_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        row = rows.select_related("webhook").first()
        if row is not None:
            row.lease_until = at + LEASE
            row.first_tried_at = row.first_tried_at or at
            row.attempts += 1
            row.save(update_fields=["lease_until", "first_tried_at", "attempts"])
        return row


def send(row: WebhookDelivery, at: datetime) -> Outcome:
    """One try of a delivery, signed as of now. It touches no row."""
    message = keys.message_id(row.key)
    signed = keys.headers(message=message, at=at, body=row.body, keys=signing_keys(row.webhook, at))
    headers = {**signed, "Content-Type": "application/json", "User-Agent": AGENT}
    began = time.monotonic()
    try:
        answer = connecting.post(
            row.webhook.url, headers=headers, body=row.body.encode(), trust=_trust(at)
        )
    except Unreached as failure:
        return Outcome(None, _since(began), failure.why)
    return Outcome(
        answer.status,
        _since(began),
        excerpt=_excerpt(answer.body),
        wait=_wait(answer.retry_after),
    )


@transaction.atomic
def note(row: WebhookDelivery, outcome: Outcome, at: datetime) -> None:
    """Write how a try went, unless another worker took the delivery after our lease lapsed."""
    hook = Webhook.objects.select_for_update().filter(pk=row.webhook_id).first()
    ours = WebhookDelivery.objects.filter(
        pk=row.pk, lease_until=row.lease_until, state=DeliveryState.WAITING.value
    )
    if hook is None or not ours.exists():
        return
    WebhookAttempt.objects.create(
        delivery=row,
        at=at,
        status=outcome.status,
        milliseconds=outcome.milliseconds,
        error=outcome.error,
        excerpt=outcome.excerpt,
    )
    if outcome.is_taken:
        _settle(ours, DeliveryAct.DELIVER, at)
        stopping.count_success(hook, at)
    elif outcome.status == GONE:
        _settle(ours, DeliveryAct.ABANDON, at)
        stopping.leave(hook, at)
    elif row.topic == Topic.PING.value:
        _settle(ours, DeliveryAct.ABANDON, at)
    else:
        _put_back(row, hook, ours, outcome, at)


def _put_back(
    row: WebhookDelivery,
    hook: Webhook,
    ours: QuerySet[WebhookDelivery],
    outcome: Outcome,
    at: datetime,
) -> None:
    asked = outcome.wait or timedelta(0)
    wait = max(asked, pause_after(row.attempts, random.random()))  # noqa: S311 nothing to guess
    is_failing = stopping.count_failure(hook, max(asked, rest_after(hook.failures + 1)), at)
    if is_over(row.first_tried_at or at, at) and not is_failing:
        _settle(ours, DeliveryAct.ABANDON, at)
    else:
        ours.update(lease_until=None, next_try_at=at + wait)


def _settle(ours: QuerySet[WebhookDelivery], act: DeliveryAct, at: datetime) -> None:
    reached = DELIVERIES.next(DeliveryState.WAITING, act)
    ours.update(state=reached.value, settled_at=at, lease_until=None)


def _excerpt(body: bytes) -> str:
    """The beginning of an answer on one line, safe to show."""
    text = " ".join(body.decode("utf-8", "replace").split())
    return visible(text, EXCERPT)[:EXCERPT]


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


def _wait(text: str) -> timedelta | None:
    """Seconds that a receiver asks for (RFC 9110 §10.2.3); a date is not heeded."""
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        return None
    return min(timedelta(seconds=int(text)), LONGEST_WAIT)


def _trust(at: datetime) -> ssl.SSLContext:
    return _trusted(int(at.timestamp()) // 3600)


@lru_cache(maxsize=1)
def _trusted(hour: int) -> ssl.SSLContext:
    """The system's authorities and our own, read again each hour."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # Debian's Python leaves it to OpenSSL
    if ders := b"".join(authority.certificate_der for authority in authorities()):
        context.load_verify_locations(cadata=ders)
    return context

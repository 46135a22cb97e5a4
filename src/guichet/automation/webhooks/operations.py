"""What people and programs do to hooks. Who sees a hook may do all of this to it."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from guichet.automation.models import Webhook, WebhookDelivery
from guichet.automation.webhooks import keys
from guichet.automation.webhooks.facts import (
    DeliveryFacts,
    HookFacts,
    delivery_facts,
    facts_of,
)
from guichet.automation.webhooks.sight import Sight
from guichet.domain.identifiers import EmailAddress
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.domain.texts import clean
from guichet.domain.webhooks import (
    CHOSEN,
    DELIVERIES,
    HOOKS,
    HOOKS_AT_MOST,
    OVERLAP,
    DeliveryAct,
    DeliveryState,
    HookAct,
    HookState,
    HookUrl,
    Topic,
)
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal import queries as journal_queries
from guichet.journal.chain import Fact
from guichet.journal.events import Event

LABEL_AT_MOST: Final = 120
AHEAD: Final = timedelta(days=30)
"""A ping goes before whatever else waits for its hook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookAsked:
    """What a hook is to be; its structure and machine stay what they were at the beginning."""

    structure_id: str
    machine: UUID | None
    url: str
    label: str
    topics: frozenset[Topic]
    contact_email: str
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class Shown:
    """A hook and its signing key, to be shown this once."""

    facts: HookFacts
    secret: str


@transaction.atomic
def create(*, asked: HookAsked, by: Actor, at: datetime) -> Shown:
    """Make a hook, told of what happens from now on.

    Raises Refusal: STRUCTURE_UNKNOWN, MACHINE_UNKNOWN, WEBHOOKS_TOO_MANY, and those of `change`.
    """
    Sight(by, at).require(asked.structure_id, asked.machine)
    if Webhook.objects.filter(structure_id=asked.structure_id).count() >= HOOKS_AT_MOST:
        raise Refusal(Code.WEBHOOKS_TOO_MANY, limit=HOOKS_AT_MOST)
    row = Webhook(
        structure_id=asked.structure_id,
        machine=asked.machine,
        language=asked.language,
        since=journal_queries.head().seq,
        created_at=at,
        created_by=by.label,
    )
    _describe(row, asked, at)
    row.save(force_insert=True)
    _journal(Event.WEBHOOK_CREATED, row, by, at, **_told(row))
    return Shown(facts_of(row), keys.secret(row.key, row.generation))


def lock(*, key: UUID, by: Actor, at: datetime) -> HookFacts:
    """A hook that nobody else changes before the caller's transaction ends.

    Raises Refusal(WEBHOOK_UNKNOWN).
    """
    return facts_of(_locked(key, by, at))


@transaction.atomic
def change(*, key: UUID, asked: HookAsked, by: Actor, at: datetime) -> HookFacts:
    """Give a hook another address, label, contact or topics.

    Raises Refusal: WEBHOOK_UNKNOWN, WEBHOOK_URL_*, FIELD_MISSING (topics), EMAIL_INVALID, NAME_*.
    """
    row = _locked(key, by, at)
    if row.url != asked.url.strip():
        row.rests_until = None
    _describe(row, asked, at)
    row.save()
    _journal(Event.WEBHOOK_CHANGED, row, by, at, **_told(row))
    return facts_of(row)


@transaction.atomic
def rotate(*, key: UUID, by: Actor, at: datetime) -> Shown:
    """Give a hook another signing key; the one before signs beside it for a day.

    A second rotation within that day ends the first key at once. Raises Refusal(WEBHOOK_UNKNOWN).
    """
    row = _locked(key, by, at)
    row.generation += 1
    row.overlap_until = at + OVERLAP
    row.save(update_fields=["generation", "overlap_until"])
    _journal(Event.WEBHOOK_KEY_ROTATED, row, by, at, generation=row.generation)
    return Shown(facts_of(row), keys.secret(row.key, row.generation))


@transaction.atomic
def pause(*, key: UUID, by: Actor, at: datetime) -> HookFacts:
    """Let nothing leave for a while: it waits. Raises Refusal: WEBHOOK_UNKNOWN, MOVE_FORBIDDEN."""
    row = _locked(key, by, at)
    row.state = HOOKS.next(HookState(row.state), HookAct.PAUSE).value
    row.save(update_fields=["state"])
    _journal(Event.WEBHOOK_PAUSED, row, by, at)
    return facts_of(row)


@transaction.atomic
def resume(*, key: UUID, by: Actor, at: datetime) -> HookFacts:
    """Send what waits, and what comes. Raises Refusal: WEBHOOK_UNKNOWN, MOVE_FORBIDDEN."""
    row = _locked(key, by, at)
    row.state = HOOKS.next(HookState(row.state), HookAct.RESUME).value
    row.failures, row.failing_since, row.rests_until = 0, None, None
    row.save(update_fields=["state", "failures", "failing_since", "rests_until"])
    waiting = row.deliveries.filter(state=DeliveryState.WAITING.value)
    waiting.update(next_try_at=at, first_tried_at=None)
    _journal(Event.WEBHOOK_RESUMED, row, by, at)
    return facts_of(row)


@transaction.atomic
def delete(*, key: UUID, by: Actor, at: datetime) -> None:
    """Delete a hook with its log. Raises Refusal(WEBHOOK_UNKNOWN)."""
    row = _locked(key, by, at)
    _journal(Event.WEBHOOK_DELETED, row, by, at, url=row.url)
    row.delete()


@transaction.atomic
def ping(*, key: UUID, by: Actor, at: datetime) -> DeliveryFacts:
    """Have a test sent at once, tried once. Raises Refusal: WEBHOOK_UNKNOWN, MOVE_FORBIDDEN."""
    row = _locked(key, by, at)
    _require_listening(row)
    body = {"type": Topic.PING.value, "timestamp": at.isoformat(), "data": {"webhook": str(key)}}
    made = WebhookDelivery.objects.create(
        webhook=row,
        topic=Topic.PING.value,
        occasion=f"ping:{uuid4()}",
        body=json.dumps(body, separators=(",", ":")),
        created_at=at,
        next_try_at=at - AHEAD,
    )
    _journal(Event.WEBHOOK_PINGED, row, by, at, delivery=str(made.key))
    return delivery_facts(made)


@transaction.atomic
def send_again(*, key: UUID, delivery: UUID, by: Actor, at: datetime) -> DeliveryFacts:
    """Have a delivery sent once more, under the same webhook-id, whatever became of it.

    Raises Refusal: WEBHOOK_UNKNOWN, DELIVERY_UNKNOWN, MOVE_FORBIDDEN.
    """
    hook = _locked(key, by, at)
    _require_listening(hook)
    row = hook.deliveries.select_for_update().filter(key=delivery).first()
    if row is None:
        raise Refusal(Code.DELIVERY_UNKNOWN)
    row.state = DELIVERIES.next(DeliveryState(row.state), DeliveryAct.SEND_AGAIN).value
    row.next_try_at, row.lease_until = at, None
    row.first_tried_at, row.settled_at = None, None
    row.save()
    Webhook.objects.filter(pk=hook.pk).update(rests_until=None)
    _journal(Event.DELIVERY_SENT_AGAIN, hook, by, at, delivery=str(delivery))
    return delivery_facts(row)


def signing_keys(row: Webhook, at: datetime) -> tuple[bytes, ...]:
    """The keys that sign for a hook now, the newest first."""
    overlaps = row.overlap_until is not None and at < row.overlap_until
    generations = (row.generation, row.generation - 1) if overlaps else (row.generation,)
    return tuple(keys.signing_key(row.key, generation) for generation in generations)


def _require_listening(row: Webhook) -> None:
    if row.state == HookState.GONE.value:
        raise Refusal(Code.MOVE_FORBIDDEN, state=row.state, act=DeliveryAct.SEND_AGAIN.value)


def _locked(key: UUID, by: Actor, at: datetime) -> Webhook:
    seen = Sight(by, at).hook(key)
    row = Webhook.objects.select_for_update().filter(key=seen.key).first()
    if row is None:
        raise Refusal(Code.WEBHOOK_UNKNOWN)
    return row


def _describe(row: Webhook, asked: HookAsked, at: datetime) -> None:
    """Raises Refusal with every objection, each naming its field."""
    found: list[Objection] = []
    try:
        row.url = HookUrl.parse(asked.url, settings.GUICHET.webhook_networks).value
    except Refusal as refusal:
        found += refusal.all
    if not (topics := [topic.value for topic in CHOSEN if topic in asked.topics]):
        found.append(Objection(Code.FIELD_MISSING, (("field", "topics"),)))
    try:
        row.contact_email = EmailAddress.parse(asked.contact_email).value
    except Refusal as refusal:
        facts = (*refusal.facts.items(), ("field", "contact_email"))
        found.append(Objection(refusal.code, facts))
    try:
        label = asked.label.strip()
        row.label = clean(label, limit=LABEL_AT_MOST, field="label") if label else ""
    except Refusal as refusal:
        found += refusal.all
    if found:
        raise Refusal(found[0].code, all=tuple(found))
    row.topics, row.changed_at = topics, at


def _told(row: Webhook) -> dict[str, Fact]:
    return {
        "structure": row.structure_id,
        "machine": str(row.machine or ""),
        "url": row.url,
        "topics": " ".join(row.topics),
        "contact": row.contact_email,
    }


def _journal(event: Event, row: Webhook, by: Actor, at: datetime, **facts: Fact) -> None:
    journal.record(event, subject=str(row), actor=by.ref, at=at, facts=facts)

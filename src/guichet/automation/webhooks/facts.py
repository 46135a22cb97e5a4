"""What pages and the API are told of hooks and deliveries: frozen values, no rows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from guichet.automation.models import Webhook, WebhookAttempt, WebhookDelivery
from guichet.automation.webhooks import keys
from guichet.domain.webhooks import DeliveryState, HookState, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class HookFacts:
    """A hook; `machine` is the account whose sight limits it, None for the whole structure.

    `failing_since` is since when nothing was taken; until `overlap_until` the key before the last
    rotation signs too.
    """

    key: UUID
    structure_id: str
    machine: UUID | None
    url: str
    label: str
    topics: tuple[Topic, ...]
    contact_email: str
    language: str
    state: HookState
    overlap_until: datetime | None
    failures: int
    failing_since: datetime | None
    delivered_at: datetime | None
    created_at: datetime
    created_by: str

    @property
    def name(self) -> str:
        """How people tell it from others."""
        return self.label or self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class TryFacts:
    """One try: `status` is None when nothing came back, `error` then says what went wrong."""

    at: datetime
    status: int | None
    milliseconds: int
    error: str
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFacts:
    """One notice for one hook, with its tries, the last one first."""

    key: UUID
    topic: Topic
    body: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    next_try_at: datetime
    settled_at: datetime | None
    tries: tuple[TryFacts, ...]

    @property
    def message(self) -> str:
        """The webhook-id of every try."""
        return keys.message_id(self.key)


def facts_of(row: Webhook) -> HookFacts:
    """Of a stored hook."""
    return HookFacts(
        key=row.key,
        structure_id=row.structure_id,
        machine=row.machine,
        url=row.url,
        label=row.label,
        topics=tuple(topic for topic in Topic if topic.value in row.topics),
        contact_email=row.contact_email,
        language=row.language,
        state=HookState(row.state),
        overlap_until=row.overlap_until,
        failures=row.failures,
        failing_since=row.failing_since,
        delivered_at=row.delivered_at,
        created_at=row.created_at,
        created_by=row.created_by,
    )


def delivery_facts(row: WebhookDelivery) -> DeliveryFacts:
    """Of a stored delivery, whose tries may have been read before."""
    tries = sorted(row.tries.all(), key=lambda one: one.pk, reverse=True)
    return DeliveryFacts(
        key=row.key,
        topic=Topic(row.topic),
        body=row.body,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        created_at=row.created_at,
        next_try_at=row.next_try_at,
        settled_at=row.settled_at,
        tries=tuple(map(_try_facts, tries)),
    )


def _try_facts(row: WebhookAttempt) -> TryFacts:
    return TryFacts(
        at=row.at,
        status=row.status,
        milliseconds=row.milliseconds,
        error=row.error,
        excerpt=row.excerpt,
    )

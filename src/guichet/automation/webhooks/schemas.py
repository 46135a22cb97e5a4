"""Shapes of webhooks in the REST API."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from ninja import Schema
from pydantic import Field

from guichet.automation.paged import Paged
from guichet.automation.schemas import Body, Filter, Line, PageNumber
from guichet.automation.webhooks.facts import DeliveryFacts, HookFacts
from guichet.domain.webhooks import CHOSEN, TRIED_FOR, DeliveryState, HookState, Topic

TOPICS: Final[dict[str, Any]] = {"enum": [topic.value for topic in CHOSEN]}
TopicName = Annotated[str, Field(max_length=40, json_schema_extra=TOPICS)]
Topics = Annotated[list[TopicName], Field(min_length=1, max_length=len(CHOSEN))]
URL: Final = "Where notices are sent: https, joined from the Internet"


class WebhookBody(Body):
    """A webhook. A machine account's is its own, and tells of what that account sees."""

    url: Line = Field(description=URL, examples=["https://automate.hopital.fr/guichet"])
    topics: Topics
    structure: Line = Field("", description="National structure identifier; a machine's own")
    machine: UUID | None = Field(None, description="Machine account whose sight limits it")
    label: Line = ""
    contact_email: Line = Field("", description="Who is told when it fails; the caller's own")


class WebhookChange(Body):
    """What changes of a webhook; what is absent stays."""

    url: Line | None = Field(None, description=URL)
    topics: Topics | None = None
    label: Line | None = None
    contact_email: Line | None = None


class WebhookOut(Schema):
    """A webhook; `failing_since` is since when nothing was taken."""

    id: UUID
    structure: str
    machine: UUID | None = None
    url: str
    label: str
    topics: list[Topic]
    contact_email: str
    state: HookState
    failures: int = Field(description="Tries that failed in a row")
    failing_since: datetime | None = None
    delivered_at: datetime | None = Field(None, description="When something was taken last")
    overlap_until: datetime | None = Field(
        None, description="Until then the key before the last rotation signs too"
    )
    created_at: datetime
    created_by: str


class WebhookMade(WebhookOut):
    """A webhook and its signing key, shown this once."""

    secret: str = Field(description="Key of Standard Webhooks signatures (v1)")


class WebhooksQuery(Body):
    """What narrows a list of webhooks."""

    structure: Filter = Field("", description="National structure identifier")
    page: PageNumber = 1


class DeliveriesQuery(Body):
    """What narrows the log of a webhook."""

    state: DeliveryState | None = None
    page: PageNumber = 1


class TryOut(Schema):
    """One try; `error` says why no status came back."""

    at: datetime
    status: int | None = None
    milliseconds: int
    error: str = Field("", description="dns, address, connection, tls, timeout or protocol")
    excerpt: str = Field("", description="The beginning of what was answered")


class DeliveryOut(Schema):
    """One notice for one webhook, with its tries, the last one first."""

    id: UUID
    message: str = Field(description="The webhook-id of every try")
    topic: Topic
    state: DeliveryState
    body: str = Field(description="What was sent")
    attempts: int
    created_at: datetime
    next_try_at: datetime | None = Field(
        None, description=f"While it waits; it is tried for {TRIED_FOR.days} days"
    )
    settled_at: datetime | None = None
    tries: list[TryOut]


class WebhooksPage(Paged[WebhookOut]):
    """One page of webhooks, newest first."""


class DeliveriesPage(Paged[DeliveryOut]):
    """One page of deliveries, newest first."""


def hook_facts(hook: HookFacts) -> dict[str, Any]:
    """The fields of a webhook."""
    return {
        "id": hook.key,
        "structure": hook.structure_id,
        "machine": hook.machine,
        "url": hook.url,
        "label": hook.label,
        "topics": list(hook.topics),
        "contact_email": hook.contact_email,
        "state": hook.state,
        "failures": hook.failures,
        "failing_since": hook.failing_since,
        "delivered_at": hook.delivered_at,
        "overlap_until": hook.overlap_until,
        "created_at": hook.created_at,
        "created_by": hook.created_by,
    }


def hook_out(hook: HookFacts) -> WebhookOut:
    """A webhook as the API shows it."""
    return WebhookOut(**hook_facts(hook))


def delivery_out(found: DeliveryFacts) -> DeliveryOut:
    """A delivery as the API shows it."""
    waits = found.state is DeliveryState.WAITING
    return DeliveryOut(
        id=found.key,
        message=found.message,
        topic=found.topic,
        state=found.state,
        body=found.body,
        attempts=found.attempts,
        created_at=found.created_at,
        next_try_at=max(found.next_try_at, found.created_at) if waits else None,
        settled_at=found.settled_at,
        tries=[
            TryOut(
                at=one.at,
                status=one.status,
                milliseconds=one.milliseconds,
                error=one.error,
                excerpt=one.excerpt,
            )
            for one in found.tries
        ],
    )

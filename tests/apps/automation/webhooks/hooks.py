"""Hooks as tests make them, and what leaves for them."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from apps.orders.counter import HOSPITAL, Person
from guichet.automation.models import Webhook, WebhookDelivery
from guichet.automation.webhooks import operations, sending, writing
from guichet.automation.webhooks.operations import HookAsked, Shown
from guichet.domain.webhooks import CHOSEN, Topic
from guichet.identities.actors import Actor
from kit.receiver import Receiver


def made(by: Actor, url: str, topics: Iterable[Topic] = CHOSEN, **changes: Any) -> Shown:
    """A hook of the hospital, told of everything unless said."""
    asked: dict[str, Any] = {
        "structure_id": HOSPITAL,
        "machine": None,
        "url": url,
        "label": "",
        "topics": frozenset(topics),
        "contact_email": "si@hopital.fr",
    }
    return operations.create(asked=HookAsked(**asked | changes), by=by, at=timezone.now())


def tell(at: datetime | None = None) -> int:
    """Write what the journal has to tell, and send what is due, hook by hook; how many tries."""
    now = at or timezone.now()
    while writing.write_due(now):
        pass
    hooks = Webhook.objects.order_by("pk").values_list("pk", flat=True)
    return sum(sending.serve(hook, lambda: now) for hook in hooks)


def told(receiver: Receiver) -> list[tuple[str, dict[str, Any]]]:
    """The types and data of what was received, in order."""
    bodies = [json.loads(one.body) for one in receiver.received]
    return [(body["type"], body["data"]) for body in bodies]


def log(hook: Shown) -> list[WebhookDelivery]:
    """The deliveries of a hook, in order."""
    rows = WebhookDelivery.objects.filter(webhook__key=hook.facts.key)
    return list(rows.order_by("pk"))


@pytest.fixture
def hook(sophie: Person, receiver: Receiver) -> Shown:
    """A hook with one delivery that waits."""
    found = made(sophie.actor, receiver.url)
    waiting(found)
    return found


def waiting(hook: Shown, number: int = 1) -> WebhookDelivery:
    """One more delivery that waits; what is told is of no matter here."""
    now = timezone.now()
    return WebhookDelivery.objects.create(
        webhook=Webhook.objects.get(key=hook.facts.key),
        topic=Topic.ORDER_AVAILABLE.value,
        occasion=f"test:{number}",
        body='{"type":"order.available","data":{"note":"été"}}',
        created_at=now,
        next_try_at=now,
    )

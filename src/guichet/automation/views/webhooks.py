"""/webhooks: make, change, pause, rotate the key, try, and read what was delivered."""

from collections.abc import Iterable
from typing import Annotated, Any, Final
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Path, Query, Router, Status

from guichet.automation import answers, etags, searching
from guichet.automation.authentication import caller
from guichet.automation.responses import READ_PROBLEMS, WRITE_PROBLEMS
from guichet.automation.views.orders import language
from guichet.automation.webhooks import operations
from guichet.automation.webhooks.facts import HookFacts
from guichet.automation.webhooks.operations import HookAsked
from guichet.automation.webhooks.schemas import (
    DeliveriesPage,
    DeliveriesQuery,
    DeliveryOut,
    WebhookBody,
    WebhookChange,
    WebhookMade,
    WebhookOut,
    WebhooksPage,
    WebhooksQuery,
    delivery_out,
    hook_facts,
    hook_out,
)
from guichet.automation.webhooks.sight import Sight
from guichet.domain.machines import Verb
from guichet.domain.refusals import Code, Refusal
from guichet.domain.webhooks import CHOSEN, Topic
from guichet.identities.actors import Actor
from guichet.orders import operations as orders

router: Final = Router()
Key = Annotated[UUID, Path()]
IfMatch = Annotated[
    str | None, Header(alias="If-Match", description="ETag of what was read: 412 when it changed")
]


@router.get("", response={200: WebhooksPage, **READ_PROBLEMS})
def list_webhooks(request: HttpRequest, asked: Annotated[WebhooksQuery, Query()]) -> WebhooksPage:
    """Webhooks of the structures the caller sees whole; a machine account's own."""
    found = _sight(request).hooks(asked.structure, str(asked.page))
    return WebhooksPage.of(map(hook_out, found.object_list), found)


@router.post("", response={201: WebhookMade, **WRITE_PROBLEMS})
def create_webhook(request: HttpRequest, asked: WebhookBody) -> Status[WebhookMade]:
    """Have a program told of what happens from now on; the answer alone has the signing key."""
    answers.hold_back(request)
    by, at = caller(request, Verb.WEBHOOKS), timezone.now()
    with orders.telling_of_keys(sent=searching.texts(asked.model_dump(mode="json")), by=by, at=at):
        structure, machine = _owner(asked, by)
        hook = HookAsked(
            structure_id=structure,
            machine=machine,
            url=asked.url,
            label=asked.label,
            topics=_topics(asked.topics),
            contact_email=asked.contact_email or by.email or "",
            language=language(),
        )
        made = operations.create(asked=hook, by=by, at=at)
    return Status(201, WebhookMade(**hook_facts(made.facts), secret=made.secret))


@router.get("/{key}", response={200: WebhookOut, **READ_PROBLEMS})
def get_webhook(request: HttpRequest, key: Key) -> WebhookOut:
    """One webhook; its signing key is not shown again."""
    found = hook_out(_sight(request).hook(key))
    etags.note(request, etags.of([found]))
    return found


@router.patch("/{key}", response={200: WebhookOut, **WRITE_PROBLEMS})
def change_webhook(
    request: HttpRequest, key: Key, asked: WebhookChange, if_match: IfMatch = None
) -> WebhookOut:
    """Change the address, the topics, the label or the contact of a webhook."""
    by, at = caller(request, Verb.WEBHOOKS), timezone.now()
    sent = searching.texts(asked.model_dump(mode="json"))
    with orders.telling_of_keys(sent=sent, by=by, at=at), transaction.atomic():
        found = operations.lock(key=key, by=by, at=at)
        if if_match is not None:
            etags.require(if_match, etags.of([hook_out(found)]))
        changed = _changed(found, asked.model_dump(exclude_none=True))
        return hook_out(operations.change(key=key, asked=changed, by=by, at=at))


@router.post("/{key}/pause", response={200: WebhookOut, **WRITE_PROBLEMS})
def pause_webhook(request: HttpRequest, key: Key) -> WebhookOut:
    """Let nothing leave: what there is to tell waits, for 30 days at most."""
    by = caller(request, Verb.WEBHOOKS)
    return hook_out(operations.pause(key=key, by=by, at=timezone.now()))


@router.post("/{key}/resumption", response={200: WebhookOut, **WRITE_PROBLEMS})
def resume_webhook(request: HttpRequest, key: Key) -> WebhookOut:
    """Send what waited, and what comes; also where the clerk paused what failed for long."""
    by = caller(request, Verb.WEBHOOKS)
    return hook_out(operations.resume(key=key, by=by, at=timezone.now()))


@router.delete("/{key}", response={204: None, **WRITE_PROBLEMS})
def delete_webhook(request: HttpRequest, key: Key) -> Status[None]:
    """Delete a webhook, with the log of its deliveries."""
    operations.delete(key=key, by=caller(request, Verb.WEBHOOKS), at=timezone.now())
    return Status(204, None)


@router.post("/{key}/rotation", response={200: WebhookMade, **WRITE_PROBLEMS})
def rotate_webhook_key(request: HttpRequest, key: Key) -> WebhookMade:
    """Give a webhook another signing key; the one before signs beside it for 24 hours."""
    answers.hold_back(request)
    made = operations.rotate(key=key, by=caller(request, Verb.WEBHOOKS), at=timezone.now())
    return WebhookMade(**hook_facts(made.facts), secret=made.secret)


@router.post("/{key}/ping", response={202: DeliveryOut, **WRITE_PROBLEMS})
def ping_webhook(request: HttpRequest, key: Key) -> Status[DeliveryOut]:
    """Have a test sent now, tried once; even to a webhook that is paused."""
    by = caller(request, Verb.WEBHOOKS)
    return Status(202, delivery_out(operations.ping(key=key, by=by, at=timezone.now())))


@router.get("/{key}/deliveries", response={200: DeliveriesPage, **READ_PROBLEMS})
def list_deliveries(
    request: HttpRequest, key: Key, asked: Annotated[DeliveriesQuery, Query()]
) -> DeliveriesPage:
    """What was sent, or waits to be, and how each try went; kept for 30 days."""
    found = _sight(request).deliveries(key, asked.state, str(asked.page))
    return DeliveriesPage.of(map(delivery_out, found.object_list), found)


@router.post(
    "/{key}/deliveries/{delivery}/redelivery", response={202: DeliveryOut, **WRITE_PROBLEMS}
)
def redeliver(request: HttpRequest, key: Key, delivery: Key) -> Status[DeliveryOut]:
    """Send a delivery once more, under the same webhook-id."""
    by, at = caller(request, Verb.WEBHOOKS), timezone.now()
    return Status(
        202, delivery_out(operations.send_again(key=key, delivery=delivery, by=by, at=at))
    )


def _sight(request: HttpRequest) -> Sight:
    return Sight(caller(request, Verb.WEBHOOKS), timezone.now())


def _owner(asked: WebhookBody, by: Actor) -> tuple[str, UUID | None]:
    """A machine account may leave out what can only be its own."""
    if by.machine is None:
        return asked.structure, asked.machine
    own = UUID(by.machine.account)
    return asked.structure or by.machine.structure_id, asked.machine or own


def _topics(names: Iterable[str]) -> frozenset[Topic]:
    known = {topic.value: topic for topic in CHOSEN}
    if unknown := next((name for name in names if name not in known), None):
        raise Refusal(Code.REQUEST_MALFORMED, field="topics", problem=unknown)
    return frozenset(known[name] for name in names)


def _changed(hook: HookFacts, typed: dict[str, Any]) -> HookAsked:
    return HookAsked(
        structure_id=hook.structure_id,
        machine=hook.machine,
        url=typed.get("url", hook.url),
        label=typed.get("label", hook.label),
        topics=_topics(typed["topics"]) if "topics" in typed else frozenset(hook.topics),
        contact_email=typed.get("contact_email", hook.contact_email),
        language=hook.language,
    )

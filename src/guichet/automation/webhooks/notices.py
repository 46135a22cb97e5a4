"""What the journal tells, as notices: one for each topic of an entry and of what it is about.

A notice carries identifiers and states, and no name of a person: what else a receiver wants it
asks the API for, at `resource`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from guichet.associations.facts import ServiceFacts
from guichet.domain.orders.revocation import RevocationMotive
from guichet.domain.webhooks import Topic
from guichet.habilitations.endings import Ending
from guichet.journal.chain import Fact
from guichet.journal.events import Event
from guichet.journal.queries import JournalEntry
from guichet.orders import renewals
from guichet.orders.summaries import OrderSummary, ProductSummary

OF_ORDERS: Final[Mapping[str, Topic]] = {
    Event.ORDER_AVAILABLE.value: Topic.ORDER_AVAILABLE,
    Event.ORDER_FAILED.value: Topic.ORDER_FAILED,
    Event.ORDER_WITHDRAWN.value: Topic.ORDER_WITHDRAWN,
    Event.ORDER_EXPIRED.value: Topic.ORDER_EXPIRED,
    Event.ORDER_CANCELLED.value: Topic.ORDER_CANCELLED,
    Event.ORDER_REVOKED.value: Topic.ORDER_CANCELLED,
}
OF_PRODUCTS: Final = (Event.EXPIRY_TOLD.value, Event.PRODUCT_REVOKED.value)
RECALLS: Final[Mapping[str, Topic]] = {
    Event.INCIDENT_APPROVED.value: Topic.PRODUCT_RECALLED,
    Event.INCIDENT_CANCELLED.value: Topic.PRODUCT_RECALL_CANCELLED,
}
OF_SERVICES: Final = frozenset(
    {
        Event.SERVICE_DECLARED.value,
        Event.SERVICE_CHANGED.value,
        Event.SERVICE_CLOSED.value,
        Event.CERTIFICATE_ATTACHED.value,
        Event.CERTIFICATE_CARRIED_OVER.value,
        Event.CERTIFICATE_DETACHED.value,
    }
)
EVENTS: Final = tuple(
    Event(event) for event in (*OF_ORDERS, *OF_PRODUCTS, *sorted(OF_SERVICES), *RECALLS)
)
EXPIRED: Final = "expired"
API: Final = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to tell: `occasion` makes it once only; `seq` is the entry that it comes of.

    `order` or `product` is what it is about, by number, where it is about one; else it may be
    about a service of the structure.
    """

    occasion: str
    topic: Topic
    at: datetime
    seq: int
    structure_id: str
    data: Mapping[str, Any]
    order: int | None = None
    product: int | None = None
    is_of_service: bool = False

    @property
    def body(self) -> str:
        """What is sent, as it is signed."""
        content = {"type": self.topic, "timestamp": self.at.isoformat(), "data": self.data}
        return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def subject_number(entry: JournalEntry) -> int:
    """The number that the subject of an entry names ("order:101180"); 0 when it names none."""
    number = entry.subject.partition(":")[2]
    return int(number) if number.isdecimal() else 0


def of_order(entry: JournalEntry, order: OrderSummary) -> Iterator[Notice]:
    """What an entry about an order tells."""
    topic = OF_ORDERS[entry.event]
    yield Notice(
        occasion=f"{entry.seq}:{topic}",
        topic=topic,
        at=entry.at,
        seq=entry.seq,
        structure_id=order.structure_id,
        data=_order_data(order),
        order=order.number,
    )


def of_product(entry: JournalEntry, product: ProductSummary) -> Iterator[Notice]:
    """What an entry about a product tells: that it ends, and that nobody renews it yet."""
    if entry.event == Event.PRODUCT_REVOKED.value:
        yield _of_product(entry, product, Topic.PRODUCT_REVOKED, {})
        return
    step = str(entry.facts.get("occasion", ""))
    if step == EXPIRED:
        yield _of_product(entry, product, Topic.PRODUCT_EXPIRED, {})
    elif step.isdecimal():
        days = {"days": int(step)}
        yield _of_product(entry, product, Topic.PRODUCT_EXPIRING, days)
        if product.heir is None and product.revoked_at is None:
            wanted = {**days, "reason": "expiry", "before": _time(product.not_after)}
            yield _of_product(entry, product, Topic.PRODUCT_RENEWAL_WANTED, wanted)


def of_service(entry: JournalEntry) -> Notice:
    """What an entry about a service tells: the entry itself says it all."""
    return _of_service(entry, entry.subject.partition(":")[2], entry.facts)


def of_services(
    entry: JournalEntry, product: int, services: Iterable[ServiceFacts]
) -> Iterator[Notice]:
    """What the revocation of a product tells of the services that present it."""
    for one in services:
        names = {"structure": one.structure_id, "client_id": one.client_id}
        facts: Mapping[str, Fact] = {**names, "product": product}
        yield _of_service(entry, str(one.key), facts)


def _of_service(entry: JournalEntry, key: str, facts: Mapping[str, Fact]) -> Notice:
    told = ("structure", "client_id", "product", "renews")
    return Notice(
        occasion=f"{entry.seq}:{Topic.ASSOCIATION_CHANGED}:{key}",
        topic=Topic.ASSOCIATION_CHANGED,
        at=entry.at,
        seq=entry.seq,
        structure_id=str(facts.get("structure", "")),
        data={
            "service": key,
            "change": entry.event,
            **{name: facts.get(name) for name in told},
            "resource": f"{API}/associations/{key}",
        },
        is_of_service=True,
    )


def of_recall(
    entry: JournalEntry, products: Sequence[ProductSummary], *, wants_new_key: bool
) -> Iterator[Notice]:
    """What the approval of an incident, or its giving up, tells of some of its products."""
    topic = RECALLS[entry.event]
    for product in products:
        if topic is Topic.PRODUCT_RECALL_CANCELLED:
            yield _of_product(entry, product, topic, {})
            continue
        before = {"before": _time(product.recalled_for), "new_key": wants_new_key}
        yield _of_product(entry, product, topic, before)
        if product.heir is None:
            wanted = {**before, "reason": "recall"}
            yield _of_product(entry, product, Topic.PRODUCT_RENEWAL_WANTED, wanted)


def of_ending(ending: Ending, at: datetime) -> Notice:
    """That a right ends, at one step."""
    return Notice(
        occasion=f"right:{ending.right}:{ending.days}",
        topic=Topic.RIGHT_ENDING,
        at=at,
        seq=0,
        structure_id=ending.structure_id,
        data={
            "right": ending.right,
            "structure": ending.structure_id,
            "editor": ending.editor,
            "offer": ending.offer.value,
            "usages": sorted(usage.value for usage in ending.usages),
            "ends_at": _time(ending.ends_at),
            "days": ending.days,
            "resource": f"{API}/structures",
        },
    )


def _of_product(
    entry: JournalEntry, product: ProductSummary, topic: Topic, more: Mapping[str, Any]
) -> Notice:
    return Notice(
        occasion=f"{entry.seq}:{topic}:{product.number}",
        topic=topic,
        at=entry.at,
        seq=entry.seq,
        structure_id=product.order.structure_id,
        data={**_product_data(product, entry.at), **more},
        product=product.number,
    )


def _order_data(order: OrderSummary) -> Mapping[str, Any]:
    return {
        "order": order.number,
        "state": order.state.value,
        **_named(order),
        "product": order.product_number,
        "renews": order.renewal_of,
        "withdraw_before": _time(order.withdraw_before),
        "failure": order.failure,
        "resource": f"{API}/orders/{order.number}",
    }


def _product_data(product: ProductSummary, at: datetime) -> Mapping[str, Any]:
    motive: RevocationMotive | None = product.revocation_motive
    return {
        "product": product.number,
        "order": product.order.number,
        "state": product.state.value,
        **_named(product.order),
        "serial": product.serial_hex,
        "not_after": _time(product.not_after),
        "renewal_opens_at": _time(renewals.standing(product, at).opens_at),
        "renewal": product.heir.order if product.heir else None,
        "recalled_for": _time(product.recalled_for),
        "revoked_at": _time(product.revoked_at),
        "revocation_reason": motive.value if motive else None,
        "resource": f"{API}/products/{product.number}",
    }


def _named(order: OrderSummary) -> Mapping[str, str]:
    """What a certificate is for; the person of a PRO one is not told."""
    return {
        "offer": order.offer,
        "usage": order.usage,
        "structure": order.structure_id,
        "service": order.service,
        "fqdn": order.fqdn,
    }


def _time(at: datetime | None) -> str | None:
    """RFC 3339, in UTC as the database gives it."""
    return at.isoformat() if at else None

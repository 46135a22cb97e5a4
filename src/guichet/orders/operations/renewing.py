"""A product is renewed in one act: the same request again, or another key, under today's rights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from guichet.domain.orders import request as requests
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.orders import queries, renewals
from guichet.orders.drafts import FIELDS, carried_over
from guichet.orders.operations.contacts import parsed
from guichet.orders.operations.placing import place
from guichet.orders.summaries import KeyOrigin, OrderSummary, ProductSummary, Via


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalAsked:
    """A renewal: `csr` is None to keep the key that the product carries.

    An address left None is the one of the product. `contacts` are the other people to tell; None
    takes over those of the product.
    """

    product_number: int
    csr: bytes | None = None
    actor_email: str | None = None
    informed_email: str | None = None
    contacts: Sequence[str] | None = None


def renew(*, asked: RenewalAsked, by: Actor, via: Via, at: datetime) -> OrderSummary:
    """Order the successor of a product, which stays valid until its own end.

    Raises Refusal: PRODUCT_UNKNOWN, RENEWAL_NOT_OPEN, RENEWAL_PENDING, RENEWAL_REVOKED,
    RENEWAL_TOO_LATE, KEY_NOT_RENEWABLE, KEY_TOO_OLD, and what `place` raises.
    """
    product = queries.product(asked.product_number, by, at)
    typed = order_typed(product, asked)
    if asked.csr is None:
        csr, origin = renewals.same_request(product), product.order.key_origin
    else:
        csr, origin = asked.csr, via.key_origin
    through = replace(
        via,
        renewal_of=product.number,
        key_origin=cast("KeyOrigin", origin),
        contacts=None if asked.contacts is None else tuple(parsed(asked.contacts)),
    )
    return place(asked=requests.parse(**typed), csr=csr, by=by, via=through, at=at)


def order_typed(product: ProductSummary, asked: RenewalAsked) -> dict[str, str]:
    """What the order asks, as somebody would have typed it: the product's own, and new addresses.

    Parsed by today's rules, which may have changed since.
    """
    known: Mapping[str, Any] = carried_over(product)
    typed = {name: str(known.get(name) or "") for name in FIELDS}
    typed |= {"offer": product.order.offer, "structure_id": product.order.structure_id}
    for name in ("actor_email", "informed_email"):
        given = getattr(asked, name)
        if given is not None:
            typed[name] = given
    return typed


def pending_of(refusal: Refusal) -> int | None:
    """The order that a refusal says renews the product already."""
    for objection in refusal.all:
        if objection.code is Code.RENEWAL_PENDING:
            return int(objection.mapping["order"])
    return None

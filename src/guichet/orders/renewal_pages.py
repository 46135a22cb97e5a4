"""What the page of a product is told of its renewal and of who is reminded of it."""

from datetime import datetime
from typing import Any

from guichet.authority import key_uses
from guichet.identities.actors import Actor
from guichet.orders import contacts, renewals, renewers
from guichet.orders.models import Product
from guichet.orders.summaries import ProductSummary


def renewal_part(product: ProductSummary, actor: Actor, at: datetime) -> dict[str, Any]:
    """How its renewal stands, its contacts, and whether its successor carries the same key."""
    return {
        "renewal": renewals.standing(product, at),
        "contacts": contacts.of_order(product.order.number),
        "shares_key": _shares_key(product),
        "renewer": renewers.renewer_of(product.order, actor, at),
    }


def _shares_key(product: ProductSummary) -> bool:
    """Asked of revoked products alone: what happened to their key happened to their successor's."""
    heir = product.heir
    if heir is None or heir.product is None or product.revoked_at is None:
        return False
    row = Product.objects.get(number=heir.product)
    return key_uses.same_key(product.certificate_id, row.certificate_id)

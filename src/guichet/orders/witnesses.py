"""What the orders hold that the journal must tell."""

from collections.abc import Iterator
from typing import Final

from guichet.journal.events import Event
from guichet.journal.witnesses import Witness
from guichet.orders import mails
from guichet.orders.models import Order, Product

CHUNK: Final = 2000


def witnesses() -> Iterator[Witness]:
    """Every order placed, product withdrawn and product revoked."""
    for number in Order.objects.order_by("pk").values_list("number", flat=True).iterator(CHUNK):
        yield Witness(Event.ORDER_PLACED, mails.about(number))
    products = Product.objects.order_by("pk")
    for order, number in products.values_list("order__number", "number").iterator(CHUNK):
        yield Witness(Event.ORDER_WITHDRAWN, mails.about(order), ("product", number))
    revoked = products.exclude(revoked_at=None)
    for number in revoked.values_list("number", flat=True).iterator(CHUNK):
        yield Witness(Event.PRODUCT_REVOKED, f"product:{number}")

"""What the orders hold that the journal must tell."""

from collections.abc import Iterator
from typing import Final

from guichet.domain.orders.incidents import DECIDED
from guichet.journal.events import Event
from guichet.journal.witnesses import Witness
from guichet.orders import mails
from guichet.orders.models import Incident, KeyProof, Order, Product, SupersededCertificate

CHUNK: Final = 2000


def witnesses() -> Iterator[Witness]:
    """Every order placed or given another key, product withdrawn, proved, revoked; incidents."""
    for number in Order.objects.order_by("pk").values_list("number", flat=True).iterator(CHUNK):
        yield Witness(Event.ORDER_PLACED, mails.about(number))
    yield from _keys()
    products = Product.objects.order_by("pk")
    for order, number in products.values_list("order__number", "number").iterator(CHUNK):
        yield Witness(Event.ORDER_WITHDRAWN, mails.about(order), ("product", number))
    revoked = products.exclude(revoked_at=None)
    for number in revoked.values_list("number", flat=True).iterator(CHUNK):
        yield Witness(Event.PRODUCT_REVOKED, f"product:{number}")
    yield from _incidents()


def _incidents() -> Iterator[Witness]:
    """Nothing is revoked together without the approval that the journal tells of."""
    rows = Incident.objects.order_by("pk")
    for row in rows.only("state").iterator(CHUNK):
        yield Witness(Event.INCIDENT_OPENED, str(row))
        if row.state in DECIDED:
            yield Witness(Event.INCIDENT_APPROVED, str(row))


def _keys() -> Iterator[Witness]:
    again = Order.objects.filter(attempt__gt=1).order_by("pk")
    for number, attempt in again.values_list("number", "attempt").iterator(CHUNK):
        for count in range(2, attempt + 1):
            yield Witness(Event.ORDER_REKEYED, mails.about(number), ("attempt", count))
    given_up = SupersededCertificate.objects.order_by("pk")
    rows = given_up.values_list("order__number", "certificate_id")
    for number, certificate in rows.iterator(CHUNK):
        yield Witness(Event.ORDER_REKEYED, mails.about(number), ("superseded", certificate))
    proved = KeyProof.objects.order_by("pk").values_list("product__number", flat=True)
    for number in proved.iterator(CHUNK):
        yield Witness(Event.KEY_PROVED, f"product:{number}")

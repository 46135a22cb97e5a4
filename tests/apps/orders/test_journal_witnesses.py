"""Orders and products are told in the journal: a tail cut clean leaves them without an entry."""

import pytest
from django.db import connection

from apps.orders.counter import Person, Sign, withdrawn
from guichet.journal import triggers
from guichet.journal.models import Entry
from guichet.journal.witnesses import untold
from guichet.orders.models import Order, Product
from guichet.orders.witnesses import witnesses
from guichet.processes import console


def revoked(sophie: Person, sign: Sign) -> Product:
    """A product ordered, withdrawn, then revoked by its owner."""
    number = withdrawn(sophie, sign)
    address = f"/produits/revoquer/{number}/confirmer/?motif=theft"
    assert sophie.post(address, {"confirmed": "on"}).status_code == 302
    return Product.objects.get(number=number)


def test_every_order_and_product_is_told(sophie: Person, sign: Sign) -> None:
    """Whoever revoked: the owner here, an operator below."""
    product = revoked(sophie, sign)
    other = withdrawn(sophie, sign)
    assert console.revoke_serial(Product.objects.get(number=other).serial_hex, "superseded").ok
    sophie.orders()
    assert len(list(witnesses())) == 3 + 2 + 2
    assert list(untold(witnesses())) == []
    assert product.revoked_at


@pytest.mark.parametrize("event", ["order-placed", "order-withdrawn", "product-revoked"])
def test_a_tail_cut_before_it_is_found(sophie: Person, sign: Sign, event: str) -> None:
    """By the row that the entry told of."""
    product = revoked(sophie, sign)
    subject = f"product:{product.number}" if event == "product-revoked" else "order:101180"
    cut = Entry.objects.get(event=event, subject=subject).seq
    triggers.allow_changes(connection)
    try:
        Entry.objects.filter(seq__gte=cut).delete()
    finally:
        triggers.forbid_changes(connection)
    assert Order.objects.count() == 1
    assert event in {witness.event.value for witness in untold(witnesses())}

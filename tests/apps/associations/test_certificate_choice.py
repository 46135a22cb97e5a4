"""Choosing one of a structure's certificates: each can be reached, whatever their number."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.orders.counter import Person, Sign, text_of, withdrawn
from guichet.associations.facts import ServiceFacts
from guichet.orders import certificate_choice
from guichet.orders.models import Order, Product

OFFERED = re.compile(r'name="product" value="(\d+)"')
LINKED = re.compile(r'href="\?([^"]*page=\d+[^"]*)" rel="next"')


@pytest.fixture
def products(sophie: Person, sign: Sign, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Five certificates in service, two a page; the newest first."""
    monkeypatch.setattr(certificate_choice, "PAGE_SIZE", 2)
    first = withdrawn(sophie, sign)
    model = Product.objects.select_related("order").get(number=first)
    for shift in range(1, 5):
        order = Order.objects.get(pk=model.order_id)
        order.pk, order.number, order.certificate_id = None, order.number + shift, 1000 + shift
        order.signing_request = f"00000000-0000-4000-8000-{shift:012}"
        order.save(force_insert=True)
        Product.objects.create(
            number=first + shift,
            order=order,
            certificate_id=1000 + shift,
            serial_hex=f"AA:BB:{shift:02}",
            not_before=model.not_before,
            not_after=timezone.now() + timedelta(days=300),
        )
    return [first + shift for shift in range(4, -1, -1)]


def test_every_certificate_can_be_chosen(
    sophie: Person, products: list[int], declare: Callable[..., ServiceFacts]
) -> None:
    """Page after page, by search too; what is attached already takes no place of another."""
    address = f"/associations/{declare().key}/associer/"
    assert pages(sophie, address) == [products[:2], products[2:4], products[4:]]
    last = str(products[4])
    assert sophie.post(address, {"product": last}).status_code == 302
    for number in (last, "1", "²", "9" * 13, ""):
        refused = sophie.post(f"{address}?page=2", {"product": number})
        assert refused.status_code == 422, number
    assert OFFERED.findall(text_of(refused)) == [str(number) for number in products[2:4]]
    assert pages(sophie, address) == [products[:2], products[2:4]]
    assert pages(sophie, f"{address}?q=Monserviceclient") == [products[:2], products[2:4]]
    assert pages(sophie, f"{address}?q=rien") == [[]]
    assert "Tout afficher" in text_of(sophie.get(f"{address}?q=rien"))


def pages(person: Person, address: str) -> list[list[int]]:
    """What each page offers, as its links lead from one to the next."""
    base, found = address.partition("?")[0], []
    while address:
        shown = text_of(person.get(address)).replace("&amp;", "&")
        found.append([int(number) for number in OFFERED.findall(shown)])
        further = LINKED.search(shown)
        address = f"{base}?{further[1]}" if further else ""
    return found

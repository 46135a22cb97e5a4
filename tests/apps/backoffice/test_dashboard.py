"""The dashboard: true numbers, links that open, and a cost that does not grow."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.orders.counter import Person, Sign, text_of, withdrawn
from guichet.orders.models import Order, Product

Staff = Callable[[str], Person]
PAGES = (
    "/gestion/",
    "/gestion/demandes/",
    "/gestion/produits/",
    "/gestion/files/",
    "/gestion/recherche/",
    "/gestion/fiches/produits/50001/",
)


def test_strangers_see_nothing_of_it(sophie: Person, sign: Sign) -> None:
    """The holder of the product has no business in the back office; visitors log in."""
    withdrawn(sophie, sign)
    for page in PAGES:
        assert sophie.get(page).status_code == 403, page
        assert Client().get(page, secure=True).status_code == 302, page


@pytest.mark.parametrize("role", ["operator", "instructor", "support", "auditor", "ca-officer"])
def test_each_number_leads_where_its_reader_may_go(
    role: str, staff: Staff, sophie: Person, sign: Sign
) -> None:
    """No link of the dashboard nor of its tabs answers anything but a page."""
    failed = withdrawn(sophie, sign)
    Order.objects.update(state="failed", ended_at=timezone.now(), failure="key-weak")
    Product.objects.filter(number=failed).update(not_after=timezone.now() + timedelta(days=45))
    somebody = staff(role)
    page = somebody.get("/gestion/")
    assert "Demandes en échec depuis sept jours : 1" in text_of(page)
    numbers = {n.label: n.value for n in (*page.context["endings"], *page.context["orders"])}
    assert numbers["dans les 30 jours"] == "0"
    assert numbers["dans les 60 jours"] == numbers["En échec"] == "1"
    assert page.context["course"].waited == 1
    shown = (*page.context["matters"], *page.context["orders"], *page.context["queues"])
    links = {one.href for one in (*shown, *page.context["endings"]) if one.href}
    for href in sorted(links):
        assert somebody.get(href).status_code in {200, 302}, href
    assert ("/gestion/demandes/?etat=failed" in links) == (role != "ca-officer")


def test_the_dashboard_costs_the_same_however_many(
    staff: Staff, sophie: Person, sign: Sign, django_assert_num_queries: Any
) -> None:
    """Its queries are counted; none counts past its cap."""
    operator = staff("operator")
    operator.get("/gestion/")
    for _round in range(2):
        with django_assert_num_queries(42):
            assert operator.get("/gestion/").status_code == 200
        withdrawn(sophie, sign)

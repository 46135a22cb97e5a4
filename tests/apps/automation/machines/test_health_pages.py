"""The health of a structure: who watches over the end of its certificates."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.automation.machines.conftest import ASKED, opened
from apps.orders.counter import Person, Sign, text_of, withdrawn
from guichet.identities.models import MachineAccount
from guichet.orders.models import Contact, Order, Product

HEALTH = "/automates/sante/"


@dataclass
class Park:
    """Three certificates of the hospital, by who watches over their end."""

    machine: int
    people: int
    nobody: int
    account: str


@pytest.fixture
def park(sophie: Person, sign: Sign, account: str) -> Park:
    machine, people, nobody = (withdrawn(sophie, sign) for _each in range(3))
    by = {"channel": "acme", "requester_ref": str(MachineAccount.objects.get())}
    Order.objects.filter(product__number=machine).update(**by)
    Product.objects.filter(number=machine).update(beneficiary="www.hopital.fr")
    Contact.objects.filter(order__product__number=nobody).update(bounced_at=timezone.now())
    return Park(machine, people, nobody, account)


def figures(somebody: Person, **query: str) -> dict[str, int]:
    """The counts of the page."""
    found = somebody.get(HEALTH, **query).context["figures"]
    return {key: figure.total for key, figure in found.items()}


def listed(somebody: Person, which: str) -> list[int]:
    """The products of one of the page's lists."""
    return [product.number for product in somebody.get(HEALTH, voir=which).context["page"]]


def test_each_certificate_is_counted_once_by_who_watches_over_it(
    sophie: Person, jean: Person, jeanne: Person, park: Park
) -> None:
    for somebody in (sophie, jean):
        assert figures(somebody) == {"automate": 1, "main": 1, "personne": 1, "bientot": 0}
        assert listed(somebody, "automate") == [park.machine]
        assert listed(somebody, "main") == [park.people]
        assert listed(somebody, "personne") == [park.nobody]
    assert f"/produits/suivre/parc/{park.nobody}/contacts/" in text_of(sophie.get(HEALTH))
    assert "Aucun certificat en service" in text_of(jeanne.get(HEALTH))
    assert str(park.machine) not in text_of(jeanne.get(HEALTH, structure="10B0135356"))


def test_a_disabled_machine_watches_over_nothing(sophie: Person, park: Park) -> None:
    """People do, as long as an e-mail reaches them; the product's page says what happened."""
    page = f"/produits/suivre/parc/{park.machine}/"
    assert f'<a href="{park.account}">Serveurs web</a>.' in text_of(sophie.get(page))
    sophie.post(f"{park.account}desactiver/")
    assert figures(sophie)["automate"] == 0
    assert sorted(listed(sophie, "main")) == [park.machine, park.people]
    assert "il ne renouvellera plus ce produit" in text_of(sophie.get(page))


def test_a_machine_that_only_reads_renews_nothing(sophie: Person, park: Park) -> None:
    MachineAccount.objects.update(verbs=["read", "withdraw"])
    assert figures(sophie)["automate"] == 0


def test_what_ends_soon_is_told_until_its_renewal_is_under_way(sophie: Person, park: Park) -> None:
    """The page says what to do; the list of accounts tells what each is expected to renew."""
    soon = {"not_after": timezone.now() + timedelta(days=9)}
    Product.objects.filter(number__in=[park.machine, park.people]).update(**soon)
    assert listed(sophie, "bientot") == [park.machine, park.people]
    page = text_of(sophie.get(HEALTH))
    assert "L’automate aurait dû renouveler" in page
    assert "1 pressant" in page
    assert "Attendu" in text_of(sophie.get("/automates/"))
    Order.objects.filter(product__number=park.nobody).update(renewal_of=park.people)
    assert listed(sophie, "bientot") == [park.machine]
    assert figures(sophie) == {"automate": 1, "main": 0, "personne": 1, "bientot": 1}


def test_a_machine_that_orders_anew_replaces_what_it_had(
    sophie: Person, sign: Sign, park: Park
) -> None:
    """ACME clients need not say what they renew: the newer certificate of the name counts."""
    newer = withdrawn(sophie, sign)
    by = {"channel": "acme", "requester_ref": str(MachineAccount.objects.get())}
    Order.objects.filter(product__number=newer).update(**by)
    Product.objects.filter(number=newer).update(beneficiary="www.hopital.fr")
    assert listed(sophie, "automate") == [newer]


def test_an_editor_sees_the_health_of_what_it_was_delegated(leo: Person, park: Park) -> None:
    """Its clients side by side; the client's own machines are not the editor's."""
    assert figures(leo) == {"automate": 0, "main": 2, "personne": 1, "bientot": 0}
    assert figures(leo, structure="10B0288882")["main"] == 0


def test_health_asks_the_same_of_the_database_however_many(
    sophie: Person,
    sign: Sign,
    park: Park,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    opened(sophie, **ASKED)
    withdrawn(sophie, sign)
    sophie.get(HEALTH)
    with django_assert_num_queries(11):
        assert sophie.get(HEALTH, voir="main").status_code == 200

"""An editor’s card acts for clients: for whom is said, what is not delegated is not seen."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.orders.counter import EPOCH, HOSPITAL, LABORATORY, Person, Sign, text_of, withdrawn
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.habilitations import operations as habilitations
from guichet.habilitations.models import Delegation, Structure
from guichet.journal import queries as journal
from guichet.notifications.models import OutboxMail
from guichet.orders import queries
from guichet.orders.filters import OrderFilters, ProductFilters
from guichet.orders.models import Order

EDITOR = "EDITEUR DE LOGICIEL"


@pytest.fixture
def leo(structures: None, person: Callable[..., Person]) -> Person:
    """Of an editor: by delegation for the hospital (ORG/AUTH_CLI), by right for the laboratory."""
    delegation = Delegation.objects.create(
        structure=Structure.objects.get(national_id=HOSPITAL),
        editor_siret="40393866500037",
        editor_name=EDITOR,
        offers=["ORG"],
        starts_at=EPOCH,
        ends_at=timezone.now() + timedelta(days=30),
        given_by="test",
        given_at=EPOCH,
    )
    for structure, usage, pk in (
        (HOSPITAL, Usage.AUTH_CLI, delegation.pk),
        (LABORATORY, Usage.SIGN, None),
    ):
        asked = habilitations.RightAsked(
            card_number="2800777777",
            structure_id=structure,
            offer=Offer.ORG,
            usages=frozenset({usage}),
            delegation_id=pk,
            starts_at=EPOCH,
        )
        habilitations.grant_right(asked=asked, by="test", at=EPOCH)
    return person("2800777777", "LEO EDITEUR", "899700777777")


def test_for_whom_is_said_everywhere(leo: Person, sophie: Person, sign: Sign) -> None:
    """On the order, in lists, in e-mails and in the journal; the structure's own say nothing."""
    number = leo.orders()
    told = f"{EDITOR}, pour le compte de HOPITAL DES 3 DAMES"
    for somebody in (leo, sophie):
        for address in (f"/produits/suivre/demandes/{number}/", "/produits/suivre/"):
            assert told in text_of(somebody.get(address))
    [mail] = OutboxMail.objects.filter(about=f"order:{number}")
    assert f"({EDITOR}), pour le compte de HOPITAL DES 3 DAMES" in mail.text
    [placed] = [e for e in journal.entries_about(f"order:{number}") if e.event == "order-placed"]
    assert placed.facts["editor"] == EDITOR
    own = sophie.orders()
    assert told not in text_of(sophie.get(f"/produits/suivre/demandes/{own}/"))
    assert Order.objects.get(number=own).editor_name == ""


def test_what_is_not_delegated_is_not_seen(leo: Person, sophie: Person, sign: Sign) -> None:
    """404 for the client's other usages and offers; its own orders stay, whatever they are."""
    within = withdrawn(sophie, sign)
    beyond = sophie.orders(usage="SIGN")
    sign()
    own = leo.orders()
    Order.objects.filter(number=own).update(usage="CONF")
    assert leo.get(f"/produits/suivre/parc/{within}/").status_code == 200
    for address in (
        f"/produits/suivre/demandes/{beyond}/",
        f"/produits/retirer/{beyond}/",
        f"/produits/retirer/{beyond}/nouvelle-cle/",
    ):
        assert sophie.get(address).status_code == 200
        assert leo.get(address).status_code == 404
    assert leo.get(f"/produits/suivre/demandes/{own}/").status_code == 200
    at = timezone.now()
    orders = queries.orders_for(leo.actor, OrderFilters(), at).object_list
    assert {order.number for order in orders} == {own, own - 2}
    products = queries.products_for(leo.actor, ProductFilters(), at).object_list
    assert [product.number for product in products] == [within]
    assert queries.counts(sophie.actor, at)["available"] == 1
    assert queries.counts(leo.actor, at)["available"] == 0


def test_nothing_is_seen_once_it_ends(leo: Person, sign: Sign) -> None:
    """Not even what the editor ordered: it is the structure's."""
    number = leo.orders()
    Delegation.objects.get().rights.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert leo.get(f"/produits/suivre/demandes/{number}/").status_code == 404

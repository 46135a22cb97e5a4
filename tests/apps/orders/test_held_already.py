"""Before the form: what the structure has in service, for those alone who see it already."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.orders.counter import EPOCH, HOSPITAL, Person, Sign, text_of, withdrawn
from guichet.habilitations import operations as habilitations
from guichet.habilitations import queries as rights
from guichet.orders.models import Product

SIRET = "18751275100020"
PAGE = f"/habilitations/siret/{SIRET}/"
TITLE = "Cette structure a déjà un certificat en service"


@pytest.fixture
def product(sophie: Person, sign: Sign) -> int:
    """A certificate of the hospital, which has a SIRET; its number."""
    facts = habilitations.StructureFacts(
        national_id=HOSPITAL,
        legal_name="HOPITAL DES 3 DAMES",
        siret=SIRET,
        finess=HOSPITAL[1:],
        department_name="Paris",
        department_number="75",
    )
    habilitations.register_structure(facts=facts, by="test", at=EPOCH)
    return withdrawn(sophie, sign)


def test_its_people_are_told_and_nobody_else(
    product: int, sophie: Person, jean: Person, jeanne: Person, nobody: Person
) -> None:
    """Its administrator and its representative; others are told nothing at all of it."""
    for who in (sophie, jean):
        page = text_of(who.get(PAGE))
        assert TITLE in page
        assert f'href="/produits/suivre/parc/{product}/"' in page
    for who in (jeanne, nobody):
        page = text_of(who.get(PAGE))
        assert "en service" not in page
        assert "Monserviceclient" not in page
        assert "habilitations actives" not in page


@pytest.mark.parametrize("ended", ["revoked", "expired"])
def test_what_is_over_is_not_told(product: int, jean: Person, ended: str) -> None:
    """Neither revoked nor expired ones are in service."""
    at = timezone.now()
    changed = {"revoked_at": at} if ended == "revoked" else {"not_after": at - timedelta(days=1)}
    Product.objects.update(**changed)
    assert "en service" not in text_of(jean.get(PAGE))


def test_a_right_that_was_closed_tells_nothing_more(product: int, sophie: Person) -> None:
    """The card that lost its rights is a stranger to the structure."""
    for right in rights.rights_of(sophie.actor.card_number, timezone.now()):
        habilitations.close_right(right=right, by="test", at=timezone.now())
    assert "en service" not in text_of(sophie.get(PAGE))

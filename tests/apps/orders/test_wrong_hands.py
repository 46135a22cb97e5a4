"""Wrong hands at the counter: others' numbers, others' structures, rights that ended."""

from uuid import uuid4

from django.test import Client
from django.utils import timezone

from apps.orders.counter import (
    HOSPITAL,
    LABORATORY,
    WITHDRAWAL,
    Person,
    Sign,
    csr_pem,
    text_of,
    withdrawn,
)
from guichet.habilitations import operations as habilitations
from guichet.habilitations import queries as rights
from guichet.orders.models import Order, Product


def test_ids_of_another_structure_are_unknown_everywhere(
    sophie: Person, jeanne: Person, sign: Sign
) -> None:
    """Every address with another structure's id: 404, the page of an id that does not exist."""
    product = withdrawn(sophie, sign)
    number = sophie.orders()
    sign()
    draft = sophie.draft()
    addresses = [
        *(f"{draft}{step}/" for step in ("1", "2", "3", "4", "fin")),
        f"/produits/retirer/{number}/",
        f"/produits/suivre/demandes/{number}/",
        f"/produits/suivre/demandes/{number}/etat/",
        f"/produits/suivre/parc/{product}/",
        f"/produits/suivre/parc/{product}/certificat.pem",
        f"/produits/revoquer/{product}/",
        f"/produits/revoquer/{product}/confirmer/?motif=theft",
        f"/produits/revoquer/{product}/fait/",
    ]
    for address in addresses:
        assert sophie.get(address).status_code in {200, 302}, address
        assert jeanne.get(address).status_code == 404, address
    for address, data in (
        (f"{draft}1/", {"offer": "ORG", "structure_id": HOSPITAL}),
        (f"{draft}abandonner/", {}),
        (f"/produits/retirer/{number}/", WITHDRAWAL),
        (f"/produits/suivre/demandes/{number}/annuler/", {}),
        (f"/produits/revoquer/{product}/confirmer/?motif=theft", {"confirmed": "on"}),
    ):
        assert jeanne.post(address, data).status_code == 404, address
    assert Product.objects.get(number=product).revoked_at is None


def test_unknown_and_enormous_numbers_are_404(sophie: Person) -> None:
    """No number makes a fault."""
    for number in (0, 1, 999999, 2**63, 10**40):
        for place in ("suivre/demandes", "suivre/parc", "retirer", "revoquer"):
            assert sophie.get(f"/produits/{place}/{number}/").status_code == 404
    assert sophie.get(f"/produits/demander/{uuid4()}/1/").status_code == 404
    assert sophie.get("/produits/demander/nimporte/1/").status_code == 404


def test_structures_swapped_in_the_form_are_refused(sophie: Person, jeanne: Person) -> None:
    """Step 1 takes no structure that has not habilitated the card."""
    base = jeanne.draft()
    answer = jeanne.post(base + "1/", {"offer": "ORG", "structure_id": HOSPITAL})
    assert answer.status_code == 422
    assert "Choisissez une structure de la liste" in text_of(answer)
    answer = jeanne.post(base + "1/", {"offer": "SERV", "structure_id": LABORATORY})
    assert answer.status_code == 422


def test_a_right_closed_meanwhile_stops_the_order(sophie: Person, authorities: object) -> None:
    """The right is checked again when the order is placed."""
    base = sophie.to_step_4()
    at = timezone.now()
    for right in rights.rights_of(sophie.actor.card_number, at):
        habilitations.close_right(right=right, by="test", at=at)
    answer = sophie.post(base + "4/", {"csr_text": csr_pem()})
    assert answer["Location"] == base + "1/"
    assert Order.objects.count() == 0


def test_a_representative_sees_and_revokes_but_does_not_order(
    sophie: Person, jean: Person, sign: Sign
) -> None:
    """Ownership of a representative: no code asked; no order, no withdrawal."""
    product = withdrawn(sophie, sign)
    number = sophie.orders()
    sign()
    assert jean.get(f"/produits/suivre/parc/{product}/").status_code == 200
    assert "ne permet pas de retirer" in text_of(jean.get(f"/produits/retirer/{number}/"))
    assert jean.post(f"/produits/retirer/{number}/", WITHDRAWAL).status_code == 422
    assert "ne permet aucune demande" in text_of(jean.get("/produits/demander/"))
    done = jean.post(
        f"/produits/revoquer/{product}/confirmer/?motif=staff-left", {"confirmed": "on"}
    )
    assert done["Location"] == f"/produits/revoquer/{product}/fait/"


def test_visitors_are_sent_to_login(structures: None) -> None:
    """Every address of the four verbs but the revocation by code."""
    visitor = Client()
    for path in ("", "demander/", "retirer/", "suivre/", "suivre/parc/", "suivre/parc/50000/"):
        answer = visitor.get(f"/produits/{path}", secure=True)
        assert answer.status_code == 302, path
        assert "/connexion/" in answer["Location"]
    assert "Avec le code de révocation" in text_of(visitor.get("/produits/revoquer/", secure=True))

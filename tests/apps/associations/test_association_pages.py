"""The pages of services: from the declaration to the keys handed over, and wrong hands."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from apps.orders.counter import HOSPITAL, Person, Sign, text_of, withdrawn
from guichet.associations.facts import ServiceFacts
from guichet.associations.models import Attachment, Service

FORM = {
    "structure": HOSPITAL,
    "client_id": "hopital-dpi",
    "name": "Dossier patient",
    "contact_email": "si@hopital.fr",
    "redirect_uris": "https://dpi.hopital.fr/retour\nhttp://localhost:8080/retour",
    "post_logout_redirect_uris": "",
}


def test_declare_attach_hand_over_detach_close(sophie: Person, sign: Sign) -> None:
    """The whole job, by pages alone."""
    assert "Aucun service déclaré" in text_of(sophie.get("/associations/"))
    page = sophie.post("/associations/declarer/", FORM)["Location"]
    assert "Aucun certificat n’est accepté" in text_of(sophie.get(page))
    assert "Aucun certificat à associer" in text_of(sophie.get(f"{page}associer/"))
    product = withdrawn(sophie, sign)
    assert sophie.post(f"{page}associer/", {"product": str(product)})["Location"] == page
    assert "Aucun certificat à associer" in text_of(sophie.get(f"{page}associer/"))
    shown = text_of(sophie.get(page))
    assert "CN=Monserviceclient,OU=10B0135356," in shown
    assert "hopital-dpi" in text_of(sophie.get(f"/produits/suivre/parc/{product}/"))
    (key,) = json.loads(sophie.get(f"{page}remise/jwks.json").content)["keys"]
    leaf = x509.load_pem_x509_certificate(sophie.get(f"{page}remise/certificats.pem").content)
    numbers: Any = leaf.public_key().public_numbers()
    assert (key["kty"], key["crv"], len(key["x5c"])) == ("EC", "P-256", 2)
    assert int.from_bytes(urlsafe_b64decode(key["x"] + "=")) == numbers.x
    digest, thumbprint, _subject = text_of(sophie.get(f"{page}remise/empreintes.txt")).split("\t")
    assert digest == leaf.fingerprint(SHA256()).hex()
    assert thumbprint == key["x5t#S256"]
    assert sophie.get(f"{page}remise/autre.txt").status_code == 404
    assert "C’est le dernier" in text_of(sophie.get(f"{page}detacher/{product}/"))
    sophie.post(f"{page}detacher/{product}/")
    assert not Attachment.objects.filter(ended_by="").exists()
    assert "Fermer Dossier patient ?" in text_of(sophie.get(f"{page}fermer/"))
    sophie.post(f"{page}fermer/")
    assert "Ce service est fermé" in text_of(sophie.get(page))
    assert sophie.post(f"{page}associer/", {"product": str(product)}).status_code == 409


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("client_id", "deux mots", "n’est pas un identifiant client"),
        ("redirect_uris", "http://dpi.hopital.fr/", "ne peut pas être une adresse de retour"),
        ("redirect_uris", "https://*.hopital.fr/", "ne peut pas être une adresse de retour"),
        ("contact_email", "si", "adresse"),
        ("structure", "10B0288882", "Choisissez une structure de la liste"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    sophie: Person, field: str, typed: str, said: str
) -> None:
    """Nothing typed is lost."""
    answer = sophie.post("/associations/declarer/", {**FORM, field: typed})
    assert answer.status_code == 422
    assert said in " ".join(answer.context["form"].errors[field])
    assert answer.context["form"]["name"].value() == FORM["name"]
    assert not Service.objects.exists()


def test_wrong_hands(
    sophie: Person,
    jeanne: Person,
    jean: Person,
    nobody: Person,
    sign: Sign,
    declare: Callable[..., ServiceFacts],
) -> None:
    """Another structure's service does not exist; its representative does as its cards do."""
    key, product = declare().key, withdrawn(sophie, sign)
    page = f"/associations/{key}/"
    sophie.post(f"{page}associer/", {"product": str(product)})
    places = ("", "modifier/", "associer/", f"detacher/{product}/", "fermer/", "remise/jwks.json")
    for place in places:
        assert jean.get(page + place).status_code == 200, place
        assert jeanne.get(page + place).status_code == 404, place
        assert nobody.get(page + place).status_code == 404, place
    for place in ("modifier/", "associer/", f"detacher/{product}/", "fermer/"):
        sent = {"name": "x", "contact_email": "x@y.fr", "product": str(product)}
        assert jeanne.post(page + place, sent).status_code == 404, place
    assert "Dossier patient" not in text_of(jeanne.get("/associations/"))
    assert nobody.get("/associations/declarer/").status_code == 403
    theirs = jeanne.post("/associations/declarer/", {**FORM, "structure": "10B0288882"})
    assert "porte déjà" in " ".join(theirs.context["form"].errors["client_id"])
    assert Attachment.objects.filter(ended_by="").count() == 1


def test_the_list_takes_as_many_queries_for_many(
    sophie: Person, declare: Callable[..., ServiceFacts], django_assert_num_queries: Any
) -> None:
    """Whatever is declared."""
    declare("hopital-0")
    sophie.get("/associations/")
    with django_assert_num_queries(9):
        sophie.get("/associations/")
    for number in range(1, 6):
        declare(f"hopital-{number}")
    with django_assert_num_queries(9):
        assert "hopital-5" in text_of(sophie.get("/associations/"))

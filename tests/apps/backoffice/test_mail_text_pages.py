"""The pages where staff write the texts of e-mails: one writes, another puts in force."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.orders.counter import Person, text_of
from guichet.notifications.models import MailText, OutboxMail

BASE = "/gestion/textes/courriers/"
TAKEN = f"{BASE}orders/taken/fr/"
TEXT = "Objet : Demande {{ order.number }}\n\nBien reçu : {{ order.service }}.\n"
Staff = Callable[[str], Person]
MENDED = TEXT.replace("service", "usage")


def test_from_the_editor_to_what_is_sent(staff: Staff) -> None:
    """Looked at, tried, kept, read again by another, put in force, taken back."""
    first, second = staff("operator"), staff("supervisor")
    assert "Votre demande de produit ORG/AUTH_CLI n° 101180" in text_of(first.get(BASE))
    editor = f"{TAKEN}ecrire/"
    assert "requester" in text_of(first.get(editor))
    wrong = first.post(editor, {"text": TEXT, "acte": "apercu"})
    assert wrong.status_code == 422
    assert "order.service" in text_of(wrong)
    seen = text_of(first.post(editor, {"text": MENDED, "note": "Court", "acte": "apercu"}))
    assert "Bien reçu : AUTH_CLI." in seen
    assert 'value="Court"' in seen
    assert "Essai envoyé" in text_of(first.post(editor, {"text": MENDED, "acte": "essai"}))
    assert OutboxMail.objects.get().to == [first.actor.email]
    assert first.post(editor, {"text": MENDED, "acte": "garder"}).status_code == 422
    asked = {"text": MENDED, "note": "Plus court", "acte": "garder"}
    version = first.post(editor, asked)["Location"]
    assert version == f"{TAKEN}versions/1/"
    assert "Une autre personne la met en vigueur" in text_of(first.get(version))
    assert first.post(f"{version}en-vigueur/").status_code == 403
    assert "1 texte attend votre relecture" in text_of(second.get(BASE))
    assert "Plus court" in text_of(second.get(version))
    assert second.post(f"{version}en-vigueur/")["Location"] == TAKEN
    assert "version 1" in text_of(first.get(TAKEN))
    assert "Bien reçu" in text_of(first.get(f"{TAKEN}origine/"))
    assert first.post(f"{TAKEN}origine/")["Location"] == TAKEN
    assert MailText.objects.get().state == "retired"
    assert "Remettre cette version en vigueur" in text_of(first.get(version))
    assert "Bien reçu" in text_of(first.get(f"{editor}?version=1"))


@pytest.mark.parametrize("address", [BASE, TAKEN, f"{TAKEN}ecrire/", f"{TAKEN}versions/1/"])
def test_texts_are_for_those_who_write_them(sophie: Person, address: str) -> None:
    assert sophie.get(address).status_code == 403


def test_what_is_no_text_is_not_found(staff: Staff) -> None:
    operator = staff("operator")
    for address in (f"{BASE}orders/none/fr/", f"{BASE}orders/taken/de/", f"{TAKEN}versions/9/"):
        assert operator.get(address).status_code == 404


def test_the_list_asks_once_for_all_versions(
    staff: Staff, django_assert_max_num_queries: Any
) -> None:
    operator = staff("operator")
    operator.get(BASE)
    with django_assert_max_num_queries(9):
        operator.get(BASE)

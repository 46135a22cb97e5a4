"""TEST and PRODUCTION cannot be mistaken: pages say which, and production asks to confirm."""

from dataclasses import replace
from typing import Any

import pytest

from apps.orders.counter import Person, Sign, csr_pem, text_of, withdrawn
from apps.orders.ends import ends_in
from guichet.web import environments


@pytest.fixture
def production(settings: Any) -> None:
    """The counter of production, which knows that of TEST."""
    settings.GUICHET = replace(
        settings.GUICHET, environment="production", twin_url="https://test.guichet.fr"
    )


def test_a_test_counter_says_so_on_every_page(sophie: Person, sign: Sign) -> None:
    number = withdrawn(sophie, sign)
    for address in ("/", f"/produits/suivre/parc/{number}/", "/produits/suivre/parc/"):
        page = text_of(sophie.get(address))
        assert '<strong class="ribbon-word">TEST</strong>' in page
        assert address == "/" or 'badge-warning">TEST</span>' in page
    form = text_of(sophie.get(sophie.draft() + "1/"))
    assert "Vous demandez un certificat de TEST" in form
    assert "in_production" not in text_of(sophie.get(sophie.to_step_4() + "4/"))
    answer = sophie.get(f"/produits/suivre/parc/{number}/chaine.pem")
    assert answer["Content-Disposition"].endswith(f'"chaine-{number}-TEST.pem"')


def test_renewals_and_new_keys_are_confirmed_too(
    sophie: Person, sign: Sign, request: pytest.FixtureRequest
) -> None:
    product, order = ends_in(withdrawn(sophie, sign), 30), sophie.orders()
    sign()
    contacts = {"actor_email": "si@hopital.fr", "informed_email": ""}
    request.getfixturevalue("production")
    for address, typed in (
        (f"/produits/suivre/parc/{product}/renouveler/", {**contacts, "key": "new"}),
        (f"/produits/retirer/{order}/nouvelle-cle/", {}),
    ):
        asked = {**typed, "csr_text": csr_pem()}
        refused = sophie.post(address, asked)
        assert refused.status_code == 422
        assert "Confirmez que vous demandez" in text_of(refused)
        assert sophie.post(address, {**asked, "in_production": "on"}).status_code == 302


@pytest.mark.usefixtures("production", "authorities")
def test_production_is_confirmed_in_words(sophie: Person) -> None:
    """Without the box nothing leaves and nothing typed is lost."""
    base = sophie.to_step_4()
    csr = csr_pem()
    refused = sophie.post(base + "4/", {"csr_text": csr})
    page = text_of(refused)
    assert refused.status_code == 422
    assert "Confirmez que vous demandez un certificat de PRODUCTION." in page
    assert csr.splitlines()[1] in page
    assert "ribbon" not in page
    assert 'href="https://test.guichet.fr/produits/demander/"' in page
    answer = sophie.post(base + "4/", {"csr_text": csr, "in_production": "on"})
    assert answer.status_code == 302
    number = sophie.get(answer["Location"]).context["order"].number
    assert 'badge-success">PRODUCTION</span>' in text_of(
        sophie.get(f"/produits/suivre/demandes/{number}/")
    )
    assert environments.marked("chaine-5.pem") == "chaine-5.pem"
    assert (environments.subject("x"), environments.postscript()) == ("x", "")
    assert environments.ribbon("Répétition") == "Répétition"

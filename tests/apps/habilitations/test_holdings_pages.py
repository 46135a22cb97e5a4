"""The pages of rights: what they say, pressed twice, and who may open which of their addresses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import get_resolver
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations.rights_kit import (
    CARD,
    CLINIC,
    EDITOR,
    EDITOR_SIRET,
    HOSPITAL,
    HOSPITAL_SIRET,
    NOW,
    appoint,
    grant,
    grant_org,
    right,
    structure,
)
from guichet.domain.catalogue.offers import Offer
from guichet.domain.identifiers import Siret
from guichet.habilitations import dns, rights_urls
from guichet.habilitations.models import DomainProof, EditorStaff, Right, Structure
from guichet.habilitations.operations import delegating, proving, staffing
from guichet.habilitations.operations.delegating import DelegationAsked
from guichet.identities.actors import Actor
from kit.kept_rows import KEPT

pytestmark = pytest.mark.django_db
BASE = "/habilitations/"
TOKEN = "x.1.y"
EVERYBODY = (
    "visitor",
    "stranger",
    "elsewhere",
    "administrator",
    "auditor",
    "instructor",
    "representative",
    "editor",
)
# Address: what a GET answers to each of EVERYBODY. "in" is 302 to the login page.
GETS = {
    "structures": "in 200 200 200 200 200 200 200",
    "structure": "in 404 404 404 200 200 200 404",
    "structure-departure": "in 404 404 404 403 200 403 404",
    "departure": "in 404 404 404 403 200 200 404",
    "right": "in 404 404 404 200 200 200 404",
    "right-narrow": "in 404 404 404 403 200 200 404",
    "right-change": "in 404 404 404 403 200 200 404",
    "domains": "in 404 404 404 200 200 200 404",
    "domain-check": "in 405 405 405 405 405 405 405",
    "delegations": "in 404 404 404 200 200 200 404",
    "delegate": "in 404 404 404 403 403 200 404",
    "delegation": "in 404 404 404 200 200 200 200",
    "delegation-accept": "in 405 405 405 405 405 405 405",
    "delegation-end": "in 404 404 404 403 200 200 200",
    "editor": "in 200 200 200 200 200 200 200",
    "editor-declare": "in 405 405 405 405 405 405 405",
    "editor-withdraw": "in 404 404 404 404 404 404 200",
    "renewal": "in 403 403 200 200 200 403 403",
    "renewal-consent": "410 410 410 410 410 410 410 410",
}
# The same for an empty POST; 422 is the form again, 302 that it was done. An auditor sends none.
POSTS = {
    "structures": "in 405 405 405 403 405 405 405",
    "structure": "in 405 405 405 403 405 405 405",
    "structure-departure": "in 404 404 404 403 422 403 404",
    "departure": "in 404 404 404 403 422 422 404",
    "right": "in 405 405 405 403 405 405 405",
    "right-narrow": "in 404 404 404 403 422 422 404",
    "right-change": "in 404 404 404 403 422 422 404",
    "domains": "in 404 404 404 403 422 422 404",
    "domain-check": "in 404 404 404 403 503 503 404",
    "delegations": "in 405 405 405 403 405 405 405",
    "delegate": "in 404 404 404 403 403 200 404",
    "delegation": "in 405 405 405 403 405 405 405",
    "delegation-accept": "in 404 404 404 403 403 403 302",
    "delegation-end": "in 404 404 404 403 302 302 302",
    "editor": "in 405 405 405 403 405 405 405",
    "editor-declare": "in 404 404 404 403 404 404 422",
    "editor-withdraw": "in 404 404 404 403 404 404 302",
    "renewal": "in 403 403 409 403 409 403 403",
    "renewal-consent": "410 410 410 410 403 410 410 410",
}


@pytest.fixture
def representative(enter):
    """Of the hospital."""
    KEPT.make("the hospital", lambda: structure(siret=HOSPITAL_SIRET))
    who = enter("Jean", "DUPONT", email="jean@hopital.fr")
    KEPT.make("its representative", lambda: appoint(who))
    return who


@pytest.fixture
def elsewhere(enter):
    """Representative of another structure."""
    structure(CLINIC, "CLINIQUE DU PORT")
    return appoint(enter("Denise", "AUTRE", email="denise@clinique.fr"), CLINIC)


@pytest.fixture
def editor(enter):
    """Representative of the editor."""
    KEPT.make("the editor", lambda: structure(EDITOR, "EDITEUR DE LOGICIEL", EDITOR_SIRET))
    who = enter("Eve", "EDITRICE", email="eve@editeur.fr")
    KEPT.make("the editor's representative", lambda: appoint(who, EDITOR))
    return who


@pytest.fixture
def administrator(enter):
    """Holds the right."""
    return enter("Sophie", "DIRECTRICE", email="sophie@hopital.fr", card=CARD)


def _world(representative: Actor, editor: Actor) -> tuple[Any, Any, Any, Any]:
    """A right, a delegation, an editor's collaborator, a domain to prove: their keys."""
    key = grant()
    today = timezone.localtime(NOW).date()
    asked = DelegationAsked(
        editor_siret=Siret(EDITOR_SIRET),
        offers=frozenset({Offer.SERV}),
        domains=("hopital.fr",),
        starts_on=today,
        ends_on=today + timedelta(days=30),
    )
    delegation = delegating.give(national_id=HOSPITAL, asked=asked, by=representative, at=NOW)
    staff = staffing.declare(
        siret=EDITOR_SIRET,
        card_number="2800999991",
        name="Pia COLLABORATRICE",
        email="pia@editeur.fr",
        by=editor,
        at=NOW,
    )
    proof = proving.challenge(national_id=HOSPITAL, domain="hopital.fr", by=representative, at=NOW)
    return key, delegation, staff, proof


@pytest.fixture
def world(representative, editor, settings, monkeypatch) -> dict[str, str]:
    """Something at every address: what to put into each. The DNS never answers."""
    settings.GUICHET = replace(settings.GUICHET, dns_resolver="127.0.0.1:9")
    monkeypatch.setattr(dns, "LIFETIME_S", 0.02)
    key, delegation, staff, proof = KEPT.make(
        "world of rights", lambda: _world(representative.actor, editor.actor)
    )
    one = f"{BASE}structures/{HOSPITAL}/"
    return {
        "structures": f"{BASE}structures/",
        "structure": one,
        "structure-departure": f"{one}depart/",
        "departure": f"{one}cartes/{CARD}/depart/",
        "right": f"{one}droits/{key}/",
        "right-narrow": f"{one}droits/{key}/restreindre/",
        "right-change": f"{one}droits/{key}/suspendre/",
        "domains": f"{one}domaines/",
        "domain-check": f"{one}domaines/{proof}/verifier/",
        "delegations": f"{one}delegations/",
        "delegate": f"{one}delegations/nouvelle/",
        "delegation": f"{BASE}delegations/{delegation}/",
        "delegation-accept": f"{BASE}delegations/{delegation}/accepter/",
        "delegation-end": f"{BASE}delegations/{delegation}/terminer/",
        "editor": f"{BASE}editeur/",
        "editor-declare": f"{BASE}editeur/{EDITOR_SIRET}/cartes/",
        "editor-withdraw": f"{BASE}editeur/cartes/{staff}/retirer/",
        "renewal": f"{BASE}renouvellement/",
        "renewal-consent": f"{BASE}renouvellements/{TOKEN}/",
    }


def test_every_address_is_in_the_tables(world) -> None:
    """An address added must say who may open it."""
    names = {pattern.name for pattern in rights_urls.urlpatterns}
    assert names == set(GETS) == set(POSTS) == set(world)
    assert get_resolver("guichet.conf.urls").resolve(world["right"]).func


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_opens_which_address(request, world, method, who) -> None:
    """REFUSED to whoever it does not concern: what one may not see does not exist."""
    person = request.getfixturevalue(who)
    browser = person if who == "visitor" else person.browser
    table = GETS if method == "get" else POSTS
    place = EVERYBODY.index(who)
    found, expected = {}, {}
    for name, answers in table.items():
        answer = getattr(browser, method)(world[name], secure=True)
        is_login = answer.status_code == 302 and answer["Location"].startswith("/connexion/")
        found[name] = "in" if is_login else str(answer.status_code)
        expected[name] = answers.split()[place]
    assert found == expected


@pytest.mark.parametrize("who", ["visitor", "stranger", "elsewhere", "administrator", "auditor"])
def test_a_full_form_from_elsewhere_changes_nothing(request, world, who) -> None:
    """REFUSED. The forms are complete, the people are not the right ones."""
    person = request.getfixturevalue(who)
    browser = person if who == "visitor" else person.browser
    full = {
        "because": "parce que",
        "usages": ["SMIME"],
        "domain": "autre.fr",
        "siret": EDITOR_SIRET,
        "card_number": "2800999992",
        "name": "Un Autre",
        "email": "un@autre.fr",
        "structure": HOSPITAL,
        "reponse": "consentir",
    }
    before = _state()
    for address in world.values():
        browser.post(address, full, secure=True)
    assert _state() == before


def _state() -> list[object]:
    rights = Right.objects.order_by("pk").values_list("pk", "ends_at", "suspended_at")
    proofs = DomainProof.objects.values_list("pk", "domain", "proved_at")
    staff = EditorStaff.objects.values_list("pk", "ended_at")
    return [*rights, *proofs, *staff, *Structure.objects.values_list("delegations__ended_at")]


def test_a_right_is_found_under_its_own_structure_alone(world, elsewhere, instructor) -> None:
    """REFUSED. The structure of the address is not a password for another's right."""
    address = world["right"].replace(HOSPITAL, CLINIC)
    assert instructor.get(address).status_code == 404
    assert elsewhere.get(address).status_code == 404
    assert elsewhere.post(f"{address}terminer/", {"because": "x"}).status_code == 404


def test_suspending_and_ending_pressed_twice(world, representative) -> None:
    """The second press changes nothing and shows the same page."""
    for verb, column in (("suspendre", "suspended_at"), ("terminer", "closed_at")):
        address = f"{world['right']}{verb}/"
        for _press in range(2):
            answer = representative.post(address, {"because": "fin de mission"})
            assert (answer.status_code, answer["Location"]) == (302, world["right"])
        key = world["right"].split("/")[-2]
        assert getattr(right(key), column) is not None
    assert "Ce droit est terminé" in representative.get(world["right"]).content.decode()


def test_narrowing_pressed_twice_leads_to_the_narrower_right(world, representative) -> None:
    """One right takes the old one's place."""
    form = {"usages": ["SMIME"], "mail_domains": ["hopital.fr"], "because": "moins"}
    first = representative.post(world["right-narrow"], form)
    again = representative.post(world["right-narrow"], form)
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"] != world["right"]
    assert Right.objects.filter(card_number=CARD).count() == 2


def test_a_reason_left_out_is_said_on_the_field(world, representative) -> None:
    """422, and the words stand by the field."""
    answer = representative.post(world["right-change"], {"because": " "})
    assert answer.status_code == 422
    assert "Écrivez le motif" in answer.content.decode()


def test_departures_pressed_twice(world, representative, instructor) -> None:
    """The second press finds nothing to end, and says nothing wrong."""
    for _press in range(2):
        answer = representative.post(world["departure"], {"because": "départ"})
        assert (answer.status_code, answer["Location"]) == (302, world["structure"])
    assert not Right.objects.filter(closed_at=None).exists()
    for _press in range(2):
        answer = instructor.post(world["structure-departure"], {"because": "fermeture"})
        assert answer.status_code == 302


def test_the_page_says_who_holds_what_until_when(world, representative) -> None:
    """Cards with offers, usages, domains, origin, period; what ends soon comes first."""
    grant_org(ends_at=NOW + timedelta(days=20), origin="dossier:9073113")
    page = representative.get(world["structure"]).content.decode()
    for words in ("SMIME, SSL_SERV", "www.autre.fr", "@hopital.fr", "Dossier n°\u00a09073113"):
        assert words in page
    assert page.index("Des droits prennent fin bientôt") < page.index("SMIME, SSL_SERV")
    assert "Préparer un nouveau dossier" in page
    ended = representative.get(world["structure"], etat="terminees").content.decode()
    assert "Aucun droit terminé" in ended


def test_the_owner_of_the_dossier_renews_from_it(world, representative) -> None:
    """A button that starts a dossier with the same answers."""
    number = dossiers.deposited(representative.actor)
    grant_org(ends_at=NOW + timedelta(days=20), origin=f"dossier:{number}")
    page = representative.get(world["structure"]).content.decode()
    assert f"/habilitations/dossiers/{number}/dupliquer/" in page
    assert representative.post(f"/habilitations/dossiers/{number}/dupliquer/").status_code == 302


def test_a_structure_of_two_hundred_cards_stays_fast(
    representative, django_assert_max_num_queries
) -> None:
    """One set of queries, whatever the number of cards on the page."""
    for place in range(200):
        grant_org(card_number=f"{1_000_000_000 + place}", origin="dossier:9073113")
    address = f"{BASE}structures/{HOSPITAL}/"
    with django_assert_max_num_queries(25):
        answer = representative.get(address)
    assert answer.context["page"].paginator.count == 200
    found = representative.get(address, q="1000000199")
    assert found.context["page"].paginator.count == 1


def test_the_list_counts_and_searches(world, elsewhere, representative, instructor) -> None:
    """Representatives see their own, instructors every one; accents and case do not count."""
    grant_org(ends_at=NOW + timedelta(days=20))
    rows = representative.get(world["structures"]).context["page"].object_list
    assert [(row.facts.national_id, row.cards, row.rights, row.ending) for row in rows] == [
        (HOSPITAL, 1, 2, 1)
    ]
    assert len(instructor.get(world["structures"]).context["page"].object_list) == 3
    found = instructor.get(world["structures"], q="hôpital dames").context["page"].object_list
    assert [row.facts.national_id for row in found] == [HOSPITAL]
    assert not representative.get(world["structures"], q="clinique").context["page"].object_list


def test_the_life_of_a_right_is_told(world, representative) -> None:
    """From the journal, with reasons."""
    representative.post(world["right-change"], {"because": "contrôle en cours"})
    life = representative.get(world["right"]).context["life"]
    assert [str(happened.title) for happened in life] == ["Droit ouvert", "Droit suspendu"]
    assert life[-1].detail == "contrôle en cours"

"""Rights of an older card, by policy: never, by consent or at once; asked and answered on pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.habilitations.rights_kit import (
    HOSPITAL,
    NOW,
    grant,
    grant_org,
    know_card,
    mails,
    written_to,
)
from apps.habilitations.two_cards import (
    LATER,
    NEW,
    NEW_END,
    OLD,
    OLD_END,
    PERSON,
    held,
    link,
    under,
)
from guichet.domain.refusals import Code
from guichet.habilitations import registers
from guichet.habilitations.operations import renewing
from guichet.habilitations.policy import CarryOver
from kit.refusals import assert_refused

pytestmark = pytest.mark.usefixtures("both_cards")


def test_the_deck_s_policy_offers_no_carry_over(jean, jeanne, settings) -> None:
    """REFUSED. The page leads to a new dossier instead; links sent before serve no more."""
    grant(card_number=OLD, ends_at=OLD_END)
    renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=NOW)
    under(settings, CarryOver.NEW_DOSSIER)
    with assert_refused(Code.RENEWAL_IMPOSSIBLE):
        renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=NOW)
    with assert_refused(Code.RENEWAL_IMPOSSIBLE):
        renewing.answer(signed=link(), consents=True, at=LATER)
    page = jeanne.get("/habilitations/renouvellement/").content.decode()
    assert "Un nouveau dossier est nécessaire" in page
    assert "Une nouvelle carte" not in jeanne.get("/").content.decode()
    assert renewing.carry_automatically(LATER) == 0


def test_the_automatic_policy_carries_at_once(jean, jeanne, settings) -> None:
    """ACCEPTED. Same person, same structure: done by the clerk, told to both, once."""
    under(settings, CarryOver.AUTOMATIC)
    grant(card_number=OLD, ends_at=OLD_END)
    grant_org(card_number=OLD, ends_at=NOW - timedelta(days=3))
    assert renewing.carry_automatically(NOW) == 2
    assert renewing.carry_automatically(LATER) == 0
    assert held(NEW) == ["ORG", "SERV"]
    assert held(OLD) == []
    assert written_to("renewal-answered") == ["jean@hopital.fr", "jeanne@hopital.fr"]
    assert "automatiquement" in mails("renewal-answered")[0].text
    assert mails("renewal-asked") == []


def test_under_the_automatic_policy_asking_carries(jeanne, settings) -> None:
    """ACCEPTED. Without waiting for the clerk, nor for a representative."""
    under(settings, CarryOver.AUTOMATIC)
    grant(card_number=OLD, ends_at=OLD_END)
    renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=NOW)
    assert held(NEW) == ["SERV"]


def test_the_clerk_leaves_others_alone(jean, jeanne, settings, enter) -> None:
    """One card, or a new card that is not valid: nothing moves."""
    grant(card_number=OLD, ends_at=OLD_END)
    assert renewing.carry_automatically(NOW) == 0
    under(settings, CarryOver.AUTOMATIC)
    know_card(registers.register(), NEW, "CHARLES", "JEANNE", PERSON, NEW_END, opposed=True)
    assert renewing.carry_automatically(NOW) == 0
    assert held(OLD) == ["SERV"]


def test_the_person_asks_and_the_representative_consents_on_pages(jean, jeanne) -> None:
    """Two people, two pages, no account needed for the second."""
    grant(card_number=OLD, ends_at=OLD_END)
    assert "Demander leur report" in jeanne.get("/").content.decode()
    page = jeanne.get("/habilitations/renouvellement/").content.decode()
    assert OLD in page
    for _press in range(2):
        answer = jeanne.post("/habilitations/renouvellement/", {"structure": HOSPITAL})
        assert answer.status_code == 302
    assert "Le report est demandé" in jeanne.get(answer["Location"]).content.decode()
    address = f"/habilitations/renouvellements/{link()}/"
    browser = Client()
    asked = browser.get(address, secure=True).content.decode()
    for words in ("Jeanne CHARLES", OLD, NEW, "SMIME, SSL_SERV", "HOPITAL DES 3 DAMES"):
        assert words in asked
    assert browser.post(address, {"reponse": "peut-être"}, secure=True).status_code == 200
    done = browser.post(address, {"reponse": "consentir"}, secure=True)
    assert "Les droits sont reportés" in done.content.decode()
    again = browser.post(address, {"reponse": "consentir"}, secure=True)
    assert again.status_code == browser.get(address, secure=True).status_code == 410
    assert held(NEW, timezone.now()) == ["SERV"]
    assert "Rien à reporter" in jeanne.get("/habilitations/renouvellement/").content.decode()


def test_refusing_on_the_page(jean, jeanne) -> None:
    """One click too."""
    grant(card_number=OLD, ends_at=OLD_END)
    jeanne.post("/habilitations/renouvellement/", {"structure": HOSPITAL})
    address = f"/habilitations/renouvellements/{link()}/"
    done = Client().post(address, {"reponse": "refuser"}, secure=True)
    assert "Le report est refusé" in done.content.decode()


def test_a_structure_without_representative_says_so(jeanne) -> None:
    """409, in words, on the page."""
    grant(card_number=OLD, ends_at=OLD_END)
    answer = jeanne.post("/habilitations/renouvellement/", {"structure": HOSPITAL})
    assert answer.status_code == 409
    assert "Aucun représentant joignable" in answer.content.decode()

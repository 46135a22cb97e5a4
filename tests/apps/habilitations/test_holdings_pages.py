"""The pages of rights: what they say, and what is pressed twice."""
# ruff: noqa: F811 a fixture is an argument of the same name

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.habilitations import dossiers
from apps.habilitations.holdings_world import (  # noqa: F401 the fixtures
    BASE,
    editor,
    elsewhere,
    representative,
    world,
)
from apps.habilitations.rights_kit import (
    CARD,
    HOSPITAL,
    NOW,
    grant_org,
    right,
)
from guichet.habilitations.models import Right

pytestmark = pytest.mark.django_db


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

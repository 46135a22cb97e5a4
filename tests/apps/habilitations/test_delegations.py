"""Delegation to an editor: given, accepted, held by declared cards, ended at once."""

# ruff: noqa: F811 a fixture is an argument of the same name
from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.habilitations.delegations_kit import (  # noqa: F401 the fixtures
    LATER,
    LEO,
    PIA,
    _held,
    declare,
    eve,
    give,
    held,
    jean,
    today,
)
from apps.habilitations.rights_kit import (
    EDITOR_SIRET,
    END,
    HOSPITAL,
    NOW,
    appoint,
    grant_org,
    know_card,
    mails,
    structure,
    written_to,
)
from guichet.domain.catalogue.offers import Usage
from guichet.domain.refusals import Code
from guichet.habilitations.models import Delegation, EditorStaff, Right
from guichet.habilitations.operations import delegating, lives, staffing
from guichet.habilitations.queries import delegations
from guichet.journal import queries as journal
from kit.refusals import assert_refused

pytestmark = pytest.mark.django_db


def test_the_editor_s_cards_hold_what_is_delegated(jean, eve) -> None:
    """ACCEPTED. Limited to the offers, the domains and the days of the delegation."""
    declare(eve)
    pk = give(jean)
    assert held() == {}
    delegating.accept(pk=pk, by=eve.actor, at=NOW)
    found = held()
    assert set(found) == {"ORG", "SERV"}
    serv = found["SERV"]
    assert (serv.domains, serv.servers, serv.mail_domains) == (["hopital.fr"], ["www.autre.fr"], [])
    assert serv.usages == ["SMIME", "SSL_SERV"]
    assert found["ORG"].domains == []
    assert {right.origin for right in found.values()} == {f"delegation:{pk}"}
    assert serv.ends_at == Delegation.objects.get(pk=pk).ends_at
    assert timezone.localtime(serv.ends_at).hour == 0


def test_every_step_is_told_and_journalled(jean, eve) -> None:
    """Both sides, and the card holder, by e-mail; the right leads to the delegation."""
    pk = give(jean)
    declare(eve)
    delegating.accept(pk=pk, by=eve.actor, at=NOW)
    delegating.end(pk=pk, because="fin du marché", by=jean.actor, at=LATER)
    assert written_to("delegation-given") == ["eve@editeur.fr"]
    assert written_to("delegation-accepted") == ["jean@hopital.fr"]
    assert written_to("delegation-opened") == [f"{PIA}@editeur.fr"]
    assert written_to("delegation-ended") == [
        f"{PIA}@editeur.fr",
        "eve@editeur.fr",
        "jean@hopital.fr",
    ]
    assert "fin du marché" in mails("delegation-ended")[0].text
    told = journal.entries_about(f"structure:{HOSPITAL}")
    events = [entry.event for entry in told]
    assert events[-6:] == [
        "delegation-accepted",
        "right-granted",
        "right-granted",
        "delegation-ended",
        "right-closed",
        "right-closed",
    ]
    granted = next(entry for entry in told if entry.facts.get("origin") == f"delegation:{pk}")
    assert granted.facts["card"] == PIA
    declared = journal.entries_about(f"editor:{EDITOR_SIRET}")
    assert [entry.event for entry in declared] == ["editor-staff-declared"]


def test_an_editor_of_several_structures_is_asked_for_once(jean, eve, enter) -> None:
    """However many share its SIRET: each of their representatives is told, and told once."""
    with CaptureQueriesContext(connection) as of_one:
        give(jean)
    for number in ("10B0000010", "10B0000011"):
        structure(number, "EDITEUR DE LOGICIEL", EDITOR_SIRET)
        appoint(eve, number)
    appoint(enter("Ada", "EDITRICE", email="ada@editeur.fr"), "10B0000011")
    with CaptureQueriesContext(connection) as of_three:
        give(jean)
    assert len(of_three) == len(of_one)
    assert written_to("delegation-given") == ["ada@editeur.fr", *["eve@editeur.fr"] * 2]


def test_adding_and_removing_a_card_opens_and_closes(jean, eve) -> None:
    """ACCEPTED. Safe to repeat."""
    delegating.accept(pk=give(jean), by=eve.actor, at=NOW)
    first = declare(eve)
    assert declare(eve) == first
    assert set(held()) == {"ORG", "SERV"}
    for _turn in range(2):
        staffing.withdraw(pk=first, by=eve.actor, at=LATER)
    assert held(at=LATER) == {}
    again = declare(eve, at=LATER)
    assert again != first
    assert set(held(at=LATER)) == {"ORG", "SERV"}


@pytest.mark.parametrize("side", ["jean", "eve", "instructor"])
def test_either_side_ends_it_at_once(request, jean, eve, side) -> None:
    """ACCEPTED. A second end is refused, and opens nothing."""
    declare(eve)
    pk = give(jean)
    delegating.accept(pk=pk, by=eve.actor, at=NOW)
    person = request.getfixturevalue(side)
    delegating.end(pk=pk, because="", by=person.actor, at=LATER)
    assert held(at=LATER) == {}
    with assert_refused(Code.DELEGATION_STATE):
        delegating.end(pk=pk, because="", by=person.actor, at=LATER)
    with assert_refused(Code.DELEGATION_STATE):
        delegating.accept(pk=pk, by=eve.actor, at=LATER)
    declare(eve, LEO, "Léo AUTRE", LATER)
    assert held(LEO, LATER) == {}


def test_a_refused_delegation_opened_nothing(jean, eve) -> None:
    """The editor ends what it has not accepted."""
    declare(eve)
    pk = give(jean)
    delegating.end(pk=pk, because="", by=eve.actor, at=NOW)
    assert Right.objects.filter(delegation=pk).count() == 0
    assert "annulée" in mails("delegation-ended")[0].text


def test_a_card_ends_before_the_delegation(known_registers, jean, eve) -> None:
    """The right ends with whichever ends first."""
    soon = NOW.replace(hour=0, minute=0, second=0) + timedelta(days=10)
    know_card(known_registers, PIA, "COLLABORATRICE", "PIA", "899700888012", soon)
    declare(eve)
    delegating.accept(pk=give(jean), by=eve.actor, at=NOW)
    assert {right.ends_at for right in held().values()} == {soon}


def test_a_delegation_to_come_opens_on_its_first_day(jean, eve) -> None:
    """The clerk opens it, once: what the structure ended since stays ended."""
    declare(eve)
    pk = give(jean, starts_on=today() + timedelta(days=5))
    delegating.accept(pk=pk, by=eve.actor, at=NOW)
    assert delegating.open_due(LATER) == 0
    first = NOW + timedelta(days=6)
    assert delegating.open_due(first) == 2
    assert delegating.open_due(first) == 0
    assert set(held(at=first)) == {"ORG", "SERV"}
    lives.end(key=str(held(at=first)["ORG"].key), because="non", by=jean.actor, at=first)
    assert delegating.open_due(first + timedelta(hours=1)) == 0
    assert set(held(at=first + timedelta(hours=1))) == {"SERV"}


def test_a_card_with_its_own_right_keeps_it_and_the_page_says_so(jean, eve) -> None:
    """The rights never overlap: the offer is skipped for that card, and for no other."""
    own = grant_org(card_number=PIA)
    declare(eve)
    declare(eve, LEO, "Léo AUTRE")
    pk = give(jean)
    delegating.accept(pk=pk, by=eve.actor, at=NOW)
    assert str(held()["ORG"].key) == own
    assert held()["SERV"].delegation_id == pk
    assert set(held(LEO)) == {"ORG", "SERV"}
    why = {(one.name, one.offer): one.why for one in delegations.staff_rights(pk, LATER)}
    assert why[("Pia COLLABORATRICE", "ORG")] == "other"
    assert why[("Léo AUTRE", "ORG")] == ""
    page = jean.get(f"/habilitations/delegations/{pk}/").content.decode()
    assert "Déjà ouvert" in page


@pytest.mark.parametrize("stop", ["end", "suspend"])
def test_declaring_a_card_again_does_not_undo_what_the_structure_did(jean, eve, stop) -> None:
    """REFUSED silently: the editor cannot shake off an end or a suspension."""
    staff = declare(eve)
    delegating.accept(pk=give(jean), by=eve.actor, at=NOW)
    key = str(held()["ORG"].key)
    getattr(lives, stop)(key=key, because="plus lui", by=jean.actor, at=NOW)
    staffing.withdraw(pk=staff, by=eve.actor, at=LATER)
    declare(eve, at=LATER)
    assert set(held(at=LATER)) == {"SERV"}


def test_a_structure_that_leaves_ends_its_delegations(jean, eve, supervisor) -> None:
    """ACCEPTED. All at once, those to come too."""
    declare(eve)
    delegating.accept(pk=give(jean), by=eve.actor, at=NOW)
    to_come = give(jean, starts_on=today() + timedelta(days=5))
    lives.structure_leaves(national_id=HOSPITAL, because="fermeture", by=supervisor.actor, at=LATER)
    assert held(at=LATER) == {}
    assert Delegation.objects.get(pk=to_come).ended_at == LATER
    assert not Right.objects.filter(ends_at__gt=LATER).exists()


def test_delegated_rights_end_on_the_last_day(jean, eve) -> None:
    """Half-open: nothing has to run for it."""
    declare(eve)
    pk = give(jean)
    delegating.accept(pk=pk, by=eve.actor, at=NOW)
    ends_at = Delegation.objects.get(pk=pk).ends_at
    assert set(held(at=ends_at - timedelta(microseconds=1))) == {"ORG", "SERV"}
    assert held(at=ends_at) == {}
    assert delegations.delegation(pk, jean.actor, ends_at).state == "ended"
    assert ends_at < END


def test_the_structure_delegates_from_its_pages(jean, eve) -> None:
    """The editor is named first, then what is delegated; what is left out is said."""
    base = f"/habilitations/structures/{HOSPITAL}/delegations/"
    assert "SIRET de l’éditeur" in jean.get(f"{base}nouvelle/").content.decode()
    wrong = jean.get(f"{base}nouvelle/", siret="123")
    assert wrong.status_code == 422
    address = f"{base}nouvelle/?siret={EDITOR_SIRET}"
    page = jean.get(address)
    assert "EDITEUR DE LOGICIEL" in page.content.decode()
    form = {
        "offers": ["SERV"],
        "starts_on": today().isoformat(),
        "ends_on": (today() + timedelta(days=9)).isoformat(),
    }
    assert jean.post(address, form).status_code == 422
    beyond = jean.post(address, {**form, "subdomains": "un.autre.fr"})
    assert beyond.status_code == 422
    assert beyond.context["form"].errors.keys() == {"subdomains"}
    assert ">un.autre.fr</textarea>" in beyond.content.decode().replace("\n", "")
    answer = jean.post(address, {**form, "subdomains": "un.hopital.fr, deux.hopital.fr"})
    assert answer.status_code == 302
    found = jean.get(answer["Location"]).content.decode()
    assert "<div>un.hopital.fr</div><div>deux.hopital.fr</div>" in found
    assert "En attente de l’éditeur" in found
    assert "EDITEUR DE LOGICIEL" in jean.get(base).content.decode()
    assert "Accepter la délégation" in eve.get(answer["Location"]).content.decode()


def test_the_editor_s_counter(jean, eve, enter) -> None:
    """Clients in one place, with a link that orders for each; accepted once, pressed twice."""
    pia = enter("Pia", "COLLABORATRICE", card=PIA, email="pia@editeur.fr")
    pk = give(jean)
    assert "propose une délégation" in eve.get("/").content.decode()
    for _press in range(2):
        assert eve.post(f"/habilitations/delegations/{pk}/accepter/").status_code == 302
    form = {"card_number": PIA, "name": "Pia COLLABORATRICE", "email": "pia@editeur.fr"}
    declared = eve.post(f"/habilitations/editeur/{EDITOR_SIRET}/cartes/", form)
    assert declared.status_code == 302
    page = pia.get("/habilitations/editeur/").content.decode()
    address = f"/produits/demander/?structure_id={HOSPITAL}&amp;offer=SERV"
    assert address in page
    begun = pia.get(address.replace("&amp;", "&"))
    assert begun["Location"].endswith(f"/1/?offer=SERV&structure_id={HOSPITAL}")
    step = pia.get(begun["Location"])
    assert step.context["form"]["structure_id"].value() == HOSPITAL
    assert step.context["form"]["offer"].value() == "SERV"
    staff = EditorStaff.objects.get()
    asked = eve.get(f"/habilitations/editeur/cartes/{staff.pk}/retirer/").content.decode()
    assert "Retirer Pia COLLABORATRICE" in asked
    for _press in range(2):
        gone = eve.post(f"/habilitations/editeur/cartes/{staff.pk}/retirer/")
        assert gone.status_code == 302
    assert "Aucune structure cliente" in pia.get("/habilitations/editeur/").content.decode()


def test_a_wrong_card_is_said_on_its_field(eve) -> None:
    """422, and what was typed stays."""
    form = {"card_number": "12", "name": "Pia", "email": "pia"}
    answer = eve.post(f"/habilitations/editeur/{EDITOR_SIRET}/cartes/", form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="12"' in page
    assert "field-wrong" in page


def test_usages_are_those_of_the_structure(jean, eve) -> None:
    """The union of what its own cards may order for the offer."""
    grant_org(card_number="2800143599", usages=frozenset({Usage.SIGN}))
    declare(eve)
    delegating.accept(pk=give(jean), by=eve.actor, at=NOW)
    assert held()["ORG"].usages == ["AUTH_CLI", "SIGN"]

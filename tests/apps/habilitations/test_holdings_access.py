"""Who may open which address of the pages of rights."""
# ruff: noqa: F811 a fixture is an argument of the same name

from __future__ import annotations

import pytest
from django.urls import get_resolver

from apps.habilitations.holdings_world import (  # noqa: F401 the fixtures
    editor,
    elsewhere,
    representative,
    world,
)
from apps.habilitations.rights_kit import (
    CARD,
    CLINIC,
    EDITOR_SIRET,
    HOSPITAL,
)
from guichet.habilitations import rights_urls
from guichet.habilitations.models import DomainProof, EditorStaff, Right, Structure

pytestmark = pytest.mark.django_db
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
def administrator(enter):
    """Holds the right."""
    return enter("Sophie", "DIRECTRICE", email="sophie@hopital.fr", card=CARD)


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

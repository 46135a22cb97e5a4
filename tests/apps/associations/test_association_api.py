"""Services by the REST API: a card changes, a machine reads, a relying party polls."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.automation.callers import Api
from apps.automation.machine_callers import account, by_token, token_of
from apps.automation.webhooks.hooks import made, tell, told
from apps.orders.counter import HOSPITAL, Person, Sign, withdrawn
from guichet.domain.webhooks import Topic
from guichet.identities.actors import Actor
from kit.receiver import receiving

SERVICE = {
    "structure": HOSPITAL,
    "client_id": "hopital-dpi",
    "name": "Dossier patient",
    "contact_email": "si@hopital.fr",
    "redirect_uris": ["https://dpi.hopital.fr/retour"],
}
AsCard = Callable[[Actor], Api]


@pytest.fixture
def product(sophie: Person, sign: Sign) -> int:
    """Of SOPHIE, by the portal's pages: to be made before the API takes their place."""
    return withdrawn(sophie, sign)


def poll(client_id: str, **headers: str) -> Any:
    """As a relying party: without any credential."""
    address = "/api/v1/associations/published"
    return Client().get(address, {"client_id": client_id}, secure=True, headers=headers)


def test_a_card_changes_and_a_relying_party_polls(
    product: int, as_card: AsCard, sophie: Person
) -> None:
    """What is accepted, by the ETag of what was read before; then nothing once it is closed."""
    api = as_card(sophie.actor)
    answer = api.post("/associations", SERVICE)
    assert answer.status_code == 201
    address = f"/associations/{answer.json()['id']}"
    attached = api.post(f"{address}/certificates", {"product": product}).json()
    (one,) = attached["certificates"]
    assert one["accepted"]
    read = poll("hopital-dpi")
    assert read.json()["certificates"][0]["x5t#S256"] == one["thumbprint"]
    assert "contact_email" not in read.json()
    assert poll("hopital-dpi", if_none_match=read["ETag"]).status_code == 304
    assert api.post(f"{address}/certificates", {"product": product}).json()["code"] == (
        "association-present"
    )
    assert api.post(f"{address}/closure", {}).json()["state"] == "closed"
    assert poll("hopital-dpi").json()["code"] == "service-unknown"
    assert poll("autre").status_code == 404


def test_a_service_is_changed_in_part(as_card: AsCard, sophie: Person, jeanne: Person) -> None:
    """What is not named stays; whoever read it before somebody else changed it is told so."""
    api = as_card(sophie.actor)
    address = f"/associations/{api.post('/associations', SERVICE).json()['id']}"
    before = api.get(address)["ETag"]
    changed = api.patch(address, {"name": "Dossier de Lille"}, if_match=before).json()
    assert (changed["name"], changed["redirect_uris"]) == (
        "Dossier de Lille",
        SERVICE["redirect_uris"],
    )
    late = api.patch(address, {"redirect_uris": []}, if_match=before)
    assert (late.status_code, late.json()["code"]) == (412, "precondition-failed")
    bad = api.patch(address, {"redirect_uris": ["http://dpi.hopital.fr/#ici"]}).json()
    assert bad["code"] == "redirect-uri-invalid"
    assert api.patch(address, {"redirect_uris": []}).json()["redirect_uris"] == []
    stranger = as_card(jeanne.actor).patch(address, {"name": "À moi"})
    assert stranger.json()["code"] == "service-unknown"
    assert by_token(token_of(account()).secret).patch(address, {}).json()["code"] == (
        "card-call-only"
    )


def test_others_and_machines(as_card: AsCard, sophie: Person, jeanne: Person) -> None:
    """A machine account reads those of its structure, and changes nothing."""
    made_by_sophie = as_card(sophie.actor).post("/associations", SERVICE).json()
    address = f"/associations/{made_by_sophie['id']}"
    machine = by_token(token_of(account()).secret)
    assert machine.get(address).json() == made_by_sophie
    assert machine.get("/associations").json()["count"] == 1
    assert machine.post("/associations", SERVICE).json()["code"] == "card-call-only"
    assert machine.post(f"{address}/closure", {}).json()["code"] == "card-call-only"
    other = as_card(jeanne.actor)
    assert other.get(address).json()["code"] == "service-unknown"
    assert other.get("/associations").json()["count"] == 0
    assert other.post(f"{address}/closure", {}).json()["code"] == "service-unknown"


def test_changes_are_told_to_webhooks(product: int, as_card: AsCard, sophie: Person) -> None:
    """association.changed, once for each."""
    with receiving() as receiver:
        made(sophie.actor, receiver.url, topics=frozenset({Topic.ASSOCIATION_CHANGED}))
        api = as_card(sophie.actor)
        key = api.post("/associations", SERVICE).json()["id"]
        api.post(f"/associations/{key}/certificates", {"product": product})
        api.post(f"/products/{product}/revocation", {"reason": "theft"})
        assert tell() == 3
        found = told(receiver)
    assert [topic for topic, _data in found] == ["association.changed"] * 3
    assert [(data["change"], data["product"], data["service"]) for _topic, data in found] == [
        ("service-declared", None, key),
        ("certificate-attached", product, key),
        ("product-revoked", product, key),
    ]

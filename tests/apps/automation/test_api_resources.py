"""Habilitations, proofs, cancellations and machine accounts by REST; strangers see none of them."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.automation.callers import JEANNE, Api
from apps.automation.machine_callers import account, by_token, token_of
from guichet.identities.actors import Actor
from guichet.orders.models import Order

Body = Callable[..., dict[str, Any]]
Sign = Callable[[], None]
WITHDRAWAL = {"revocation_code": "une phrase à moi", "accept_terms": True}


@pytest.fixture
def machine_body() -> dict[str, Any]:
    """A machine account within SOPHIE's rights."""
    return {
        "name": "Relais",
        "structure": "10B0135356",
        "verbs": ["read", "order", "renew", "withdraw"],
        "profiles": ["ORG/AUTH_CLI"],
        "contact_email": "si@hopital.fr",
    }


def test_rights_in_hand(api: Api) -> None:
    """Each with its names and its end."""
    rights = {right["offer"]: right for right in api.get("/habilitations").json()}
    assert rights["SERV"]["domains"] == ["hopital.fr"]
    assert rights["ORG"]["usages"] == ["AUTH_CLI", "SIGN"]
    assert {right["structure"] for right in rights.values()} == {"10B0135356"}
    assert rights["ORG"]["ends_at"] is None
    assert api.get("/habilitations/dossiers").json() == {
        "items": [],
        "count": 0,
        "page": 1,
        "pages": 1,
    }


def test_an_order_is_given_up(
    api: Api, order_body: Body, sign_everything: Sign, as_card: Callable[[Actor], Api]
) -> None:
    number = api.post("/orders", order_body()).json()["number"]
    sign_everything()
    path = f"/orders/{number}/cancellation"
    assert as_card(JEANNE).post(path, {}).status_code == 404
    assert Order.objects.get(number=number).ended_at is None
    reader = by_token(token_of(account(verbs=["read"])).secret, "card")
    assert reader.post(path, {}).json()["code"] == "verb-missing"
    worker = by_token(token_of(account()).secret, "card")
    assert worker.post(path, {}).json()["state"] == "cancelled"
    again = worker.post(path, {})
    assert (again.status_code, again.json()["code"]) == (409, "move-forbidden")


def test_the_journal_proves(
    api: Api, order_body: Body, sign_everything: Sign, as_card: Callable[[Actor], Api]
) -> None:
    """From the order to the withdrawal, each entry chained; nobody else's name is told."""
    number = api.post("/orders", order_body()).json()["number"]
    sign_everything()
    product = api.post(f"/orders/{number}/withdrawal", WITHDRAWAL).json()["product"]
    told = api.get(f"/products/{product}/proofs").json()
    assert (told["product"], told["order"]) == (product, number)
    events = [entry["event"] for entry in told["entries"]]
    assert {"order-placed", "certificate-issued", "order-withdrawn"} <= set(events)
    assert {entry["actor"] for entry in told["entries"]} == {"you", "guichet"}
    assert all(len(entry["digest"]) == 64 for entry in told["entries"])
    assert as_card(JEANNE).get(f"/products/{product}/proofs").status_code == 404


def test_machine_accounts_from_opening_to_disabling(
    api: Api, machine_body: dict[str, Any], order_body: Body
) -> None:
    made = api.post("/machines", machine_body)
    assert made.status_code == 201, made.content
    path = f"/machines/{made.json()['id']}"
    assert api.get(path).json() == made.json() == api.get("/machines").json()[0]
    issued = api.post(f"{path}/credentials", {"kind": "token", "label": "relais 1"}).json()
    machine = by_token(issued["secret"], "card")
    assert machine.post("/orders", order_body()).status_code == 202
    eab = api.post(f"{path}/credentials", {"kind": "eab"}).json()
    assert len(eab["mac_key"]) == 43
    listed = api.get(f"{path}/credentials").json()
    assert [found["kind"] for found in listed] == ["eab", "token"]
    assert issued["secret"] not in str(listed)
    revocation = f"{path}/credentials/{issued['id']}/revocation"
    assert api.post(revocation, {}).json()["revoked_at"]
    assert machine.get("/orders").json()["code"] == "credential-wrong"
    assert api.post(f"{path}/disablement", {}).json()["disabled_at"]
    late = api.post(f"{path}/credentials", {"kind": "token"})
    assert (late.status_code, late.json()["code"]) == (403, "machine-disabled")
    assert api.post(f"{path}/enablement", {}).json()["disabled_at"] is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"profiles": ["PRO/SIGN"]}, "machine-beyond-rights"),
        ({"structure": "10B0288882"}, "machine-beyond-rights"),
        ({"profiles": ["SERV/SSL_SERV"]}, "machine-needs-names"),
        ({"profiles": ["SERV/SSL_SERV"], "names": ["ailleurs.fr"]}, "machine-beyond-rights"),
        ({"profiles": []}, "machine-needs-a-scope"),
        ({"verbs": ["everything"]}, "request-malformed"),
        ({"contact_email": "nobody"}, "email-invalid"),
    ],
)
def test_no_machine_is_given_more_than_the_card_holds(
    api: Api, machine_body: dict[str, Any], changes: dict[str, Any], code: str
) -> None:
    assert api.post("/machines", machine_body | changes).json()["code"] == code
    assert api.get("/machines").json() == []


def test_a_certificate_is_bound_by_its_product(
    api: Api, order_body: Body, sign_everything: Sign
) -> None:
    """Once, by the number of a product of the structure; `product` goes with this kind alone."""
    number = api.post("/orders", order_body()).json()["number"]
    sign_everything()
    product = api.post(f"/orders/{number}/withdrawal", WITHDRAWAL).json()["product"]
    path = f"/machines/{account().key}/credentials"
    bound = api.post(path, {"kind": "certificate", "product": product})
    assert (bound.status_code, bound.json()["secret"]) == (201, "")
    for asked, code in (
        ({"kind": "certificate", "product": product}, "credential-bound"),
        ({"kind": "certificate", "product": 1}, "product-unknown"),
        ({"kind": "certificate"}, "field-missing"),
        ({"kind": "token", "product": product}, "field-unexpected"),
    ):
        assert api.post(path, asked).json()["code"] == code


@pytest.mark.parametrize("path", ["/machines", "/habilitations", "/structures"])
def test_lists_ask_the_database_no_more_for_many(api: Api, path: str) -> None:
    """As many queries for five accounts as for one."""
    account()
    api.get(path)
    with CaptureQueriesContext(connection) as for_one:
        api.get(path)
    for _other in range(4):
        account()
    with CaptureQueriesContext(connection) as for_five:
        api.get(path)
    assert len(for_five) == len(for_one) <= 6


def test_machines_of_others_do_not_exist(api: Api, as_card: Callable[[Actor], Api]) -> None:
    """The answer of a key that was never given."""
    machine = account()
    credential = token_of(machine).facts.key
    stranger = as_card(JEANNE)
    assert stranger.get("/machines").json() == []
    for key in (machine.key, uuid4()):
        path = f"/machines/{key}"
        assert stranger.get(path).json()["code"] == "machine-unknown"
        assert stranger.get(f"{path}/credentials").status_code == 404
        for act in (
            "/disablement",
            "/enablement",
            "/credentials",
            f"/credentials/{credential}/revocation",
        ):
            assert stranger.post(f"{path}{act}", {"kind": "token"}).status_code == 404, act

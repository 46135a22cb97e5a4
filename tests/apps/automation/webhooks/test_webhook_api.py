"""/webhooks of the API: by machines, for their own; by cards, for the structures they see whole."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from apps.automation.callers import Api
from apps.automation.machine_callers import account, by_token, token_of
from apps.automation.webhooks.hooks import made, tell
from apps.orders.counter import HOSPITAL, LABORATORY, Person
from guichet.domain.machines import Verb
from guichet.identities.machines import MachineFacts
from kit.receiver import Receiver, is_signed

ASKED = {"url": "https://automate.hopital.fr/", "topics": ["order.available"]}
AsCard = Callable[..., Api]


@pytest.fixture
def machine(sophie: Person) -> MachineFacts:
    return account()


@pytest.fixture
def api(machine: MachineFacts) -> Api:
    """The API by a token of that account."""
    return by_token(token_of(machine).secret)


def test_a_machine_makes_tries_and_mends_its_hook(
    api: Api, machine: MachineFacts, receiver: Receiver
) -> None:
    """The signing key is in the first answer alone, and in none that is repeated."""
    asked = {**ASKED, "url": receiver.url}
    answer = api.post("/webhooks", asked, Idempotency_Key="un")
    assert answer.status_code == 201
    hook = answer.json()
    assert (hook["machine"], hook["structure"]) == (str(machine.key), HOSPITAL)
    assert hook["contact_email"] == "si@hopital.fr"
    again = api.post("/webhooks", asked, Idempotency_Key="un")
    assert again.json()["code"] == "answer-not-kept"
    address = f"/webhooks/{hook['id']}"
    assert "secret" not in api.get(address).json()

    receiver.statuses = [500]
    assert api.post(f"{address}/ping", {}).status_code == 202
    tell()
    (tried,) = api.get(f"{address}/deliveries?state=abandoned").json()["items"]
    assert (tried["topic"], tried["tries"][0]["status"]) == ("ping", 500)
    again = api.post(f"{address}/deliveries/{tried['id']}/redelivery", {})
    assert (again.status_code, again.json()["state"]) == (202, "waiting")
    tell()
    assert [one.headers["webhook-id"] for one in receiver.received] == [tried["message"]] * 2
    assert all(is_signed(one, hook["secret"]) for one in receiver.received)
    listed = api.get(f"{address}/deliveries").json()
    assert (listed["count"], listed["items"][0]["state"]) == (1, "delivered")

    shown = api.get(address)
    changed = _send(api, "patch", address, {"label": "Relais"}, if_match=shown["ETag"])
    assert (changed.status_code, changed.json()["label"]) == (200, "Relais")
    late = _send(api, "patch", address, {"label": "Autre"}, if_match=shown["ETag"])
    assert late.status_code == 412
    assert api.post(f"{address}/pause", {}).json()["state"] == "paused"
    assert api.post(f"{address}/pause", {}).json()["code"] == "move-forbidden"
    assert api.post(f"{address}/resumption", {}).json()["state"] == "active"
    assert api.post(f"{address}/rotation", {}).json()["secret"] != hook["secret"]
    assert _send(api, "delete", address).status_code == 204
    assert api.get(address).status_code == 404


def test_hooks_are_there_for_nobody_else(
    api: Api, as_card: AsCard, sophie: Person, jeanne: Person, receiver: Receiver
) -> None:
    """Not for another structure, nor for another account of the same one; for its people, all."""
    theirs = api.post("/webhooks", {**ASKED, "url": receiver.url}).json()["id"]
    api.post(f"/webhooks/{theirs}/ping", {})
    ping = api.get(f"/webhooks/{theirs}/deliveries").json()["items"][0]["id"]
    own = str(made(sophie.actor, receiver.url).facts.key)
    other = by_token(token_of(account()).secret)
    calls = [
        ("get", ""),
        ("patch", ""),
        ("delete", ""),
        *(("post", f"/{act}") for act in ("pause", "resumption", "rotation", "ping")),
        ("get", "/deliveries"),
        ("post", f"/deliveries/{ping}/redelivery"),
    ]
    strangers = [(other, theirs), (other, own), (api, own)]
    strangers += [(as_card(jeanne.actor), key) for key in (theirs, own)]
    for stranger, key in strangers:
        for method, place in calls:
            answer = _send(stranger, method, f"/webhooks/{key}{place}", {})
            assert (answer.status_code, answer.json()["code"]) == (404, "webhook-unknown"), place
        assert key not in stranger.get("/webhooks").content.decode()
    card = as_card(sophie.actor)
    assert {hook["id"] for hook in card.get("/webhooks").json()["items"]} == {theirs, own}
    unknown = card.post(f"/webhooks/{own}/deliveries/{ping}/redelivery", {})
    assert unknown.json()["code"] == "delivery-unknown"
    assert card.get(f"/webhooks/{uuid4()}").status_code == 404


def test_the_verb_is_wanted(sophie: Person) -> None:
    reader = by_token(token_of(account(verbs=set(Verb) - {Verb.WEBHOOKS})).secret)
    for answer in (reader.get("/webhooks"), reader.post("/webhooks", ASKED)):
        assert (answer.status_code, answer.json()["code"]) == (403, "verb-missing")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"url": "https://10.0.0.1/"}, "webhook-url-forbidden", "url"),
        ({"url": "http://automate.hopital.fr/"}, "webhook-url-not-https", "url"),
        ({"topics": []}, "request-malformed", "topics"),
        ({"topics": ["ping"]}, "request-malformed", "topics"),
        ({"contact_email": "personne"}, "email-invalid", "contact_email"),
        ({"label": "a\u202eb"}, "name-invalid", "label"),
        ({"structure": LABORATORY}, "machine-unknown", "machine"),
        ({"machine": str(uuid4())}, "machine-unknown", "machine"),
        ({"secret": "le mien"}, "field-unexpected", "secret"),
    ],
)
def test_what_is_refused_names_its_field(
    api: Api, changes: dict[str, Any], code: str, field: str
) -> None:
    answer = api.post("/webhooks", {**ASKED, **changes})
    assert 400 <= answer.status_code < 500
    (objection,) = answer.json()["objections"]
    assert (objection["code"], objection["facts"]["field"]) == (code, field)


def test_a_card_makes_hooks_where_it_sees_all(as_card: AsCard, sophie: Person) -> None:
    """Twenty at most; for another structure, none."""
    card = as_card(sophie.actor)
    for structure in ("", LABORATORY):
        answer = card.post("/webhooks", {**ASKED, "structure": structure})
        assert answer.json()["code"] == "structure-unknown"
    for _one in range(20):
        made(sophie.actor, ASKED["url"])
    answer = card.post("/webhooks", {**ASKED, "structure": HOSPITAL})
    assert (answer.status_code, answer.json()["code"]) == (409, "webhooks-too-many")


def _send(
    api: Api, method: str, path: str, body: dict[str, Any] | None = None, if_match: str = ""
) -> Any:
    """Any method, with a body of JSON where there is one."""
    if method == "get":
        return api.get(path)
    headers = {"If-Match": if_match} if if_match else {}
    call = getattr(api.client, method)
    return call(
        f"/api/v1{path}",
        body or {},
        content_type="application/json",
        secure=True,
        headers=headers,
    )

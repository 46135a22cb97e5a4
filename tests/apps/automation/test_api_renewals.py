"""The REST renewal: with a new request or the key held, once, by who may; and its contacts."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from apps.automation.callers import JEANNE, Api, csr_pem
from apps.automation.test_api_orders import WITHDRAWAL, codes, place
from guichet.authority.models import Certificate, SigningRequest
from guichet.identities.actors import Actor
from guichet.orders.models import Order, Product

Body = Callable[..., dict[str, Any]]
Sign = Callable[[], None]


@pytest.fixture
def product(api: Api, order_body: Body, sign_everything: Sign) -> int:
    """A product with about 30 days left."""
    number = place(api, order_body())
    sign_everything()
    made = api.post(f"/orders/{number}/withdrawal", WITHDRAWAL).json()["product"]
    shift = timezone.now() + timedelta(days=30) - Product.objects.get().not_after
    for rows in (Product.objects.all(), Certificate.objects.exclude(request=None)):
        rows.update(not_after=F("not_after") + shift, not_before=F("not_before") + shift)
    return int(made)


def put(api: Api, path: str, body: Any) -> Any:
    content = json.dumps(body)
    return api.client.put(f"/api/v1{path}", content, content_type="application/json", secure=True)


def test_the_same_key_and_what_both_products_say(
    api: Api, product: int, sign_everything: Sign
) -> None:
    """202, once; then successor and predecessor name each other."""
    told = api.get(f"/products/{product}").json()
    assert told["expires_at"] == told["not_after"]
    assert told["renewal_opens_at"] < told["expires_at"]
    path = f"/products/{product}/renewal"
    asked = {"same_key": True, "contacts": ["a@hopital.fr", "b@hopital.fr", "c@hopital.fr"]}
    answer = api.post(path, asked, Idempotency_Key="7a1c")
    assert answer.status_code == 202, answer.content
    order = answer.json()["number"]
    assert api.post(path, asked, Idempotency_Key="7a1c").json()["number"] == order
    again = api.post(path, asked)
    assert (again.status_code, codes(again)) == (409, {("renewal-pending", "")})
    assert api.get(f"/products/{product}").json()["renewal"] == order
    sign_everything()
    new = api.post(f"/orders/{order}/withdrawal", WITHDRAWAL).json()["product"]
    listed = {item["number"]: item for item in api.get("/products").json()["items"]}
    assert listed[product]["successor"] == new
    assert listed[new]["predecessor"] == product
    emails = [who["email"] for who in api.get(f"/products/{new}/contacts").json()]
    assert emails == asked["contacts"]
    assert SigningRequest.objects.values("spki_sha256").distinct().count() == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {("field-missing", "csr")}),
        ({"same_key": True, "csr": "x"}, {("field-unexpected", "same_key")}),
        ({"csr": "rubbish"}, {("csr-unreadable", "")}),
        ({"same_key": True, "contacts": []}, {("field-missing", "contacts")}),
        ({"same_key": True, "contacts": ["x"]}, {("email-invalid", "contacts.0")}),
        (
            {"same_key": True, "contacts": ["a@b.fr", "y", "z"]},
            {("email-invalid", "contacts.1"), ("email-invalid", "contacts.2")},
        ),
        ({"same_key": "yes"}, {("request-malformed", "same_key")}),
    ],
)
def test_what_is_wrong_is_named(
    api: Api, product: int, body: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    """Fields as the API names them; nothing is ordered."""
    answer = api.post(f"/products/{product}/renewal", body)
    assert codes(answer) == expected
    assert Order.objects.count() == 1


def test_a_new_request(api: Api, product: int) -> None:
    """Contacts are those of the product."""
    answer = api.post(f"/products/{product}/renewal", {"csr": csr_pem()})
    assert answer.status_code == 202
    assert Order.objects.get(renewal_of=product).actor_email == "sophie@hopital.fr"


def test_too_early_tells_from_when(api: Api, product: int) -> None:
    """409, with the date."""
    Product.objects.update(not_after=F("not_after") + timedelta(days=200))
    answer = api.post(f"/products/{product}/renewal", {"csr": csr_pem()})
    assert (answer.status_code, answer.json()["code"]) == (409, "renewal-not-open")
    opens = api.get(f"/products/{product}").json()["renewal_opens_at"]
    assert answer.json()["objections"][0]["facts"] == {"opens_on": opens[:10]}


def test_contacts_are_read_and_replaced(api: Api, product: int) -> None:
    """All of them at once; never nobody."""
    path = f"/products/{product}/contacts"
    wanted = ["equipe@hopital.fr", "astreinte@hopital.fr", "equipe@hopital.fr"]
    answer = put(api, path, {"contacts": wanted})
    assert [who["email"] for who in answer.json()] == wanted[:2]
    assert api.get(path).json() == answer.json()
    assert put(api, path, {"contacts": []}).json()["code"] == "contact-last"
    assert codes(put(api, path, {"contacts": ["a", "b@c.fr"]})) == {("email-invalid", "contacts.0")}


def test_strangers_and_private_keys(
    as_card: Callable[[Actor], Api], api: Api, product: int
) -> None:
    """404 for others; a private key is burnt and nothing changes."""
    stranger = as_card(JEANNE)
    assert stranger.post(f"/products/{product}/renewal", {"same_key": True}).status_code == 404
    assert stranger.get(f"/products/{product}/contacts").status_code == 404
    assert (
        put(stranger, f"/products/{product}/contacts", {"contacts": ["a@b.fr"]}).status_code == 404
    )
    assert Order.objects.count() == 1

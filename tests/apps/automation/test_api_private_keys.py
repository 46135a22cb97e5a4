"""A private key sent to the API is told first, whatever else is wrong with the call."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from apps.automation.callers import Api
from guichet.authority.models import BurntKey
from guichet.journal import queries as journal
from guichet.orders.models import Order
from guichet.x509 import bundles, keys
from kit import pki

Body = Callable[..., dict[str, Any]]
KEY = pki.kept_key("sent to the API", "p-256")
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
SECRET = PEM.splitlines()[1][:40]


def codes(answer: Any) -> list[str]:
    return [item["code"] for item in answer.json()["objections"]]


def is_burnt() -> bool:
    """Whether the digest is kept, and the journal tells that a key came."""
    digest = keys.facts(KEY.public_key()).spki_sha256
    events = [entry.event for entry in journal.recent()]
    return BurntKey.objects.filter(spki_sha256=digest).exists() and "private-key-received" in events


@pytest.mark.parametrize(
    ("changes", "beside"),
    [
        ({}, []),
        ({"actor_email": "nobody"}, ["email-invalid"]),
        ({"structure": "x", "service": None}, ["structure-id-invalid", "field-missing"]),
        ({"usage": None}, ["field-missing"]),
        ({"fqnd": "a.fr"}, ["field-unexpected"]),
        ({"csr": PEM + "A" * 70_000}, ["csr-too-large"]),
        ({"csr": "x", "service": PEM}, ["name-invalid"]),
        ({"csr": "x", "actor_email": PEM}, ["email-invalid"]),
    ],
    ids=[
        "alone",
        "bad e-mail",
        "bad structure and no service",
        "no usage",
        "misspelt field",
        "70 kB",
        "in the service",
        "in the e-mail",
    ],
)
def test_a_private_key_is_told_before_everything_else(
    api: Api, order_body: Body, changes: dict[str, Any], beside: list[str]
) -> None:
    """BURNT. Nothing hides the warning, and nothing of the key comes back."""
    answer = api.post("/orders", order_body(**({"csr": PEM} | changes)))
    assert answer.status_code == 422
    assert codes(answer)[0] == "csr-is-private-key"
    assert sorted(codes(answer)[1:]) == sorted(beside)
    assert is_burnt()
    assert SECRET not in answer.content.decode()
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    "written",
    [
        lambda body: "{" + json.dumps(body)[1:].replace("\\n", "\n"),
        lambda body: json.dumps(body)[:-1],
        lambda body: json.dumps(body).replace("+", "\\u002b").replace('"offer"', '"ofer"'),
        lambda body: json.dumps(body).replace("/", "\\/").replace('"offer"', '"ofer"'),
    ],
    ids=["raw line ends", "cut", "escaped plus", "escaped slash"],
)
def test_a_private_key_in_a_body_that_cannot_be_read(
    api: Api, order_body: Body, written: Callable[[Any], str]
) -> None:
    """BURNT. JSON that is broken, or that spells its characters otherwise."""
    answer = api.post("/orders", written(order_body(csr=PEM)))
    assert codes(answer)[0] == "csr-is-private-key"
    assert is_burnt()


def test_a_burnt_key_is_refused_in_a_request(api: Api, order_body: Body) -> None:
    """REFUSED. The CSR of a key that was sent gets no certificate."""
    api.post("/orders", order_body(csr=PEM))
    request = bundles.pem(pki.csr(KEY), "CERTIFICATE REQUEST")
    answer = api.post("/orders", order_body(csr=request))
    assert (answer.status_code, answer.json()["code"]) == (422, "key-burnt")


def test_the_certificate_that_carries_the_key_is_named(
    api: Api, order_body: Body, sign_everything: Callable[[], None]
) -> None:
    """A script learns what to revoke: product and order are facts of an objection."""
    request = bundles.pem(pki.csr(KEY), "CERTIFICATE REQUEST")
    number = api.post("/orders", order_body(csr=request)).json()["number"]
    sign_everything()
    terms = {"revocation_code": "une phrase à moi", "accept_terms": True}
    product = api.post(f"/orders/{number}/withdrawal", terms).json()["product"]
    answer = api.post("/orders", order_body(csr=PEM))
    assert codes(answer) == ["csr-is-private-key", "key-in-use"]
    assert answer.json()["objections"][1]["facts"] == {"order": number, "product": product}

"""What any client may send: every answer is a problem document or an answer, never a fault."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.automation.callers import Api
from guichet.domain.catalogue import profiles

Body = Callable[..., dict[str, Any]]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
TEXT = st.text(max_size=30) | st.sampled_from(["", "\x00", "\ud800", "10B0135356", "ORG"])


def is_problem(answer: Any) -> bool:
    """Whether an answer is a problem document of its own status (RFC 9457)."""
    body = json.loads(answer.content)
    return (
        answer["Content-Type"] == "application/problem+json"
        and body["status"] == answer.status_code
        and bool(body["title"])
    )


def test_the_portal_says_where_cards_are_received(structures: None) -> None:
    answer = Client().get("/api/v1/orders", secure=True)
    assert answer.status_code == 401
    assert is_problem(answer)
    assert answer.json()["code"] == "api-card-required"
    assert ":8445/api/v1/" in answer.json()["detail"]
    assert answer["WWW-Authenticate"]


def test_no_card_on_the_card_port(structures: None, settings: Any) -> None:
    """A header that pretends to be a certificate is no certificate."""
    settings.ROOT_URLCONF = "guichet.conf.card_urls"
    client = Client(**{"guichet.listener": "card"})
    answer = client.get("/api/v1/orders", secure=True, headers={"X-Client-Cert": "forged"})
    assert (answer.status_code, answer.json()["code"]) == (401, "card-absent")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_problems_speak_the_caller_s_language(api: Api, language: str) -> None:
    answer = api.get("/orders/999999", Accept_Language=language)
    assert answer["Content-Language"] == language


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"text"', b"[" * 100_000, b'{"csr": 1e999}'],
    ids=["empty", "cut", "list", "null", "bytes", "text", "deep", "huge number"],
)
def test_a_body_that_is_no_order(api: Api, body: bytes) -> None:
    answer = api.post("/orders", body)
    assert answer.status_code in {400, 422}
    assert is_problem(answer)


def test_ten_megabytes_are_too_large(api: Api, order_body: Body) -> None:
    answer = api.post("/orders", order_body(csr="A" * 10_000_000))
    assert answer.status_code == 413
    assert is_problem(answer)


def test_a_csr_beyond_its_limit_is_too_large(api: Api, order_body: Body) -> None:
    answer = api.post("/orders", order_body(csr="A" * 70_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "csr-too-large")


@pytest.mark.parametrize(
    "path",
    [
        "/orders/0",
        "/orders/-1",
        "/orders/abc",
        "/orders/" + "9" * 40,
        "/orders/1.5",
        "/orders?page=0",
        "/orders?page=99999999999999999999",
        "/orders?text=%00",
        "/orders?state=odd",
        "/products?structure=%0d%0a",
        "/products?text=" + "a" * 101,
    ],
)
def test_odd_addresses_are_refused(api: Api, path: str) -> None:
    answer = api.get(path)
    assert answer.status_code in {400, 404, 422}
    assert is_problem(answer)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_another_method_is_not_allowed(api: Api, method: str) -> None:
    """405 as RFC 9457 wants errors, with the methods there are (RFC 9110 §15.5.6)."""
    answer = getattr(api.client, method)("/api/v1/orders", secure=True)
    assert answer.status_code == 405
    assert is_problem(answer)
    assert set(answer["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_an_unknown_address_is_a_problem(api: Api) -> None:
    answer = api.get("/nothing")
    assert answer.status_code == 404
    assert is_problem(answer)


def test_no_csrf_token_is_asked(structures: None, api: Api, order_body: Body) -> None:
    """No cookie opens anything here, so there is nothing to forge."""
    api.client.handler.enforce_csrf_checks = True
    assert api.post("/orders", order_body()).status_code == 202


@settings(deadline=None, max_examples=60)
@given(body=JSON)
def test_no_json_is_a_fault(api: Api, body: Any) -> None:
    for path in ("/orders", "/orders/101180/withdrawal", "/products/1/revocation"):
        assert api.post(path, body).status_code < 500


@settings(deadline=None, max_examples=60)
@given(
    changes=st.dictionaries(
        st.sampled_from(["offer", "usage", "structure", "service", "fqdn", "mail", "csr"])
        | st.sampled_from(["actor_email", "informed_email"]),
        TEXT,
        max_size=4,
    )
)
def test_no_text_is_a_fault(api: Api, order_body: Body, changes: dict[str, str]) -> None:
    assert api.post("/orders", order_body(**changes)).status_code < 500


def test_the_description_is_openapi_3_1(client: Client) -> None:
    described = client.get("/api/v1/openapi.json", secure=True).json()
    assert described["openapi"] == "3.1.0"
    assert set(described["paths"]) >= {
        "/api/v1/habilitations",
        "/api/v1/habilitations/dossiers",
        "/api/v1/machines",
        "/api/v1/machines/{key}",
        "/api/v1/machines/{key}/credentials",
        "/api/v1/machines/{key}/credentials/{credential}/revocation",
        "/api/v1/machines/{key}/disablement",
        "/api/v1/machines/{key}/enablement",
        "/api/v1/orders",
        "/api/v1/orders/{number}",
        "/api/v1/orders/{number}/cancellation",
        "/api/v1/orders/{number}/rekey",
        "/api/v1/orders/{number}/withdrawal",
        "/api/v1/products",
        "/api/v1/products/{number}",
        "/api/v1/products/{number}/contacts",
        "/api/v1/products/{number}/proofs",
        "/api/v1/products/{number}/renewal",
        "/api/v1/products/{number}/revocation",
        "/api/v1/structures",
        "/api/v1/webhooks",
        "/api/v1/webhooks/{key}",
        "/api/v1/webhooks/{key}/deliveries",
        "/api/v1/webhooks/{key}/deliveries/{delivery}/redelivery",
        "/api/v1/webhooks/{key}/pause",
        "/api/v1/webhooks/{key}/ping",
        "/api/v1/webhooks/{key}/resumption",
        "/api/v1/webhooks/{key}/rotation",
    }
    schemes = described["components"]["securitySchemes"]
    assert {name: scheme["type"] for name, scheme in schemes.items()} == {
        "ClientCertificate": "mutualTLS",
        "MachineToken": "http",
        "MachineOAuth": "oauth2",
    }
    refused = described["paths"]["/api/v1/orders"]["post"]["responses"]["422"]
    assert list(refused["content"]) == ["application/problem+json"]
    assert described["servers"][0]["url"].endswith(":8445")


def test_the_description_promises_what_can_be_ordered_and_chosen(client: Client) -> None:
    """Offers without an orderable profile are left out; a code has the lengths of the domain."""
    shapes = client.get("/api/v1/openapi.json", secure=True).json()["components"]["schemas"]
    asked = shapes["OrderBody"]["properties"]
    orderable = {(profile.offer, profile.usage) for profile in profiles.orderable()}
    assert asked["offer"]["enum"] == ["ORG", "SERV", "PRO"]
    assert set(asked["usage"]["enum"]) == {usage for _offer, usage in orderable}
    code = shapes["WithdrawalBody"]["properties"]["revocation_code"]
    assert (code["minLength"], code["maxLength"]) == (8, 64)


@pytest.mark.parametrize("code", ["x" * 7, "aaaaaaaaa", "é" * 32 + "a" * 33])
def test_a_code_outside_those_lengths_is_told_by_the_domain(
    api: Api, order_body: Body, sign_everything: Callable[[], None], code: str
) -> None:
    number = api.post("/orders", order_body()).json()["number"]
    sign_everything()
    terms = {"revocation_code": code, "accept_terms": True}
    answer = api.post(f"/orders/{number}/withdrawal", terms)
    assert (answer.status_code, answer.json()["code"]) == (422, "revocation-code-weak")

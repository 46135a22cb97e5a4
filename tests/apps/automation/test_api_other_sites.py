"""A browser that holds a card calls for whatever page asks: what another site's page may not do."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.automation.callers import SOPHIE, Api, csr_pem
from apps.automation.machine_callers import account, by_token, token_of
from guichet.identities.actors import Actor
from guichet.orders.models import Order

ELSEWHERE = [
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://testserver:8443"},
]
HERE = [{}, {"Origin": "https://testserver"}, {"Sec-Fetch-Site": "same-origin"}]


def simple_post(client: Client, path: str, body: Any, **headers: str) -> Any:
    """A request that a page of any site may make without asking first (Fetch, "no-cors")."""
    return client.post(
        f"/api/v1{path}", body, content_type="text/plain", secure=True, headers=headers
    )


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_a_card_is_not_lent_to_pages_of_other_sites(
    as_card: Callable[[Actor], Api], order_body: Callable[..., Any], headers: dict[str, str]
) -> None:
    """REFUSED: an order, a revocation. The certificate is a credential that browsers add alone."""
    client = as_card(SOPHIE).client
    order = json.dumps(order_body())
    for path, body in (("/orders", order), ("/products/1/revocation", '{"reason": "superseded"}')):
        refused = simple_post(client, path, body, **headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "call-of-another-site")
    assert not Order.objects.exists()


@pytest.mark.parametrize("headers", HERE, ids=str)
def test_programs_and_our_own_pages_call(
    as_card: Callable[[Actor], Api], order_body: Callable[..., Any], headers: dict[str, str]
) -> None:
    answer = as_card(SOPHIE).post("/orders", order_body(csr=csr_pem()), **headers)
    assert answer.status_code == 202, answer.content


def test_what_is_only_read_needs_no_such_care(as_card: Callable[[Actor], Api]) -> None:
    """No other site's page may read an answer: none says that it may (CORS)."""
    answer = as_card(SOPHIE).get("/orders", Origin="https://elsewhere.example")
    assert answer.status_code == 200
    assert not answer.has_header("Access-Control-Allow-Origin")


def test_a_token_is_told_by_whoever_knows_it(structures: None) -> None:
    """A browser adds no token by itself."""
    machine = by_token(token_of(account()).secret)
    answer = machine.post("/orders", {}, Origin="https://elsewhere.example")
    assert answer.status_code == 422

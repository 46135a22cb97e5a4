"""What HTTP itself refuses at the endpoints of OAuth: JSON, whatever the client accepts."""

from typing import Any

import pytest
from django.test import Client

from guichet.bench.provider import views
from guichet.domain.refusals import Code, Refusal
from guichet.identities.peer import LISTENER_KEY, PEER_KEY
from guichet.web import oauth
from guichet.web.uploads import USUAL

OF_THE_BENCH = sorted(path for path in oauth.ENDPOINTS if path.startswith("/psc/"))
FORM = "application/x-www-form-urlencoded"
# What requests, httpx and curl say.
ACCEPT = {"accept": "*/*"}


@pytest.fixture
def client(settings: Any) -> Client:
    settings.ROOT_URLCONF = "guichet.conf.bench_urls"
    door = {LISTENER_KEY: "bench", PEER_KEY: None, "HTTP_HOST": "localhost"}
    return Client(raise_request_exception=False, headers=ACCEPT, **door)


@pytest.mark.parametrize("path", OF_THE_BENCH)
def test_a_wrong_method(client: Client, path: str) -> None:
    """RFC 6749 §5.2; RFC 9110 §15.5.6 for Allow."""
    answer = client.put(path, secure=True)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/json")
    assert answer.json()["error"] == "invalid_request"
    assert "POST" in answer["Allow"]


@pytest.mark.parametrize("path", ["/certs", "/.well-known/openid-configuration"])
def test_a_wrong_method_where_programs_read(settings: Any, path: str) -> None:
    """The provider's own port has the same for what no person opens."""
    settings.ROOT_URLCONF = "guichet.conf.provider_urls"
    door = {LISTENER_KEY: "provider", PEER_KEY: None, "HTTP_HOST": "localhost"}
    answer = Client(headers=ACCEPT, **door).post(path, secure=True)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/json")
    assert answer.json()["error"] == "invalid_request"
    assert answer["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", OF_THE_BENCH)
def test_a_body_that_is_too_large(client: Client, path: str) -> None:
    answer = client.post(path, {"code": "x" * USUAL}, secure=True)
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/json")
    told = answer.json()
    assert (told["error"], told["error_description"]) == ("invalid_request", "request-too-large")


def test_more_text_than_a_form_holds(client: Client) -> None:
    answer = client.post("/psc/token", "x=" + "a" * 1_500_000, FORM, secure=True)
    assert answer.status_code == 413
    assert answer.json()["error"] == "invalid_request"


def test_more_fields_than_a_form_holds(client: Client) -> None:
    answer = client.post("/psc/token", "a=1&" * 4_000, FORM, secure=True)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"


def test_too_many_calls(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def take(_address: object) -> None:
        raise Refusal(Code.TOO_MANY_CALLS, seconds=7)

    monkeypatch.setattr(views.CALLS, "take", take)
    answer = client.post("/psc/token", {}, secure=True)
    assert (answer.status_code, answer["Retry-After"]) == (429, "7")
    assert answer.json()["error"] == "temporarily_unavailable"


def test_a_fault_of_ours(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_request: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(views, "server", fail)
    answer = client.post("/psc/token", {}, secure=True)
    assert (answer.status_code, answer.json()["error"]) == (500, "server_error")

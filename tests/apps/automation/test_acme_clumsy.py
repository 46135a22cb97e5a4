"""ACME clients that err: each is told what RFC 8555 says, and none is a fault of ours."""
# ruff: noqa: F811 a fixture is an argument of the same name

import secrets
from typing import Any

import pytest
from django.test import Client
from josepy.jwk import JWKEC

from apps.automation.acme_account import acme  # noqa: F401 the fixture
from apps.automation.acme_client import Acme, binding, csr_of, eab, kind_of, sealed, url
from apps.automation.machine_callers import account
from guichet.identities.machines import MachineFacts, eab_text
from kit import pki

SERVICE = "Messagerie"


@pytest.fixture
def machine(structures: None) -> MachineFacts:
    return account(profiles=("ORG/AUTH_CLI",))


def ordered(acme: Acme) -> tuple[str, dict[str, Any]]:
    """The address of an order that is ready, and what it says."""
    answer = acme.order(SERVICE, kind="guichet-service")
    found: dict[str, Any] = answer.json()  # type: ignore[attr-defined]
    assert found["status"] == "ready"
    return answer.headers["Location"], found


@pytest.mark.parametrize("key_id", ["\ud800", "gue_\udfff"])
def test_half_a_character_names_no_eab_key(machine: MachineFacts, key_id: str) -> None:
    """JSON may escape what Unicode has not (RFC 8259 §8.2): malformed, and never a fault."""
    client = Acme()
    bound = binding(client.key, eab(machine))
    header = {"alg": "HS256", "kid": key_id, "url": url("new-account")}
    bound |= sealed(header, b"{}", lambda _key, _content: b"x", None)
    asked = {"termsOfServiceAgreed": True, "externalAccountBinding": bound}
    refused = client.post(url("new-account"), asked)
    assert (refused.status_code, kind_of(refused)) == (400, "malformed")


@pytest.mark.parametrize("name", ["profile", "replaces", "\ud800"])
def test_half_a_character_is_no_text(acme: Acme, name: str) -> None:
    refused = acme.order(SERVICE, kind="guichet-service", **{name: "\ud800"})
    assert (refused.status_code, kind_of(refused)) == (400, "malformed")


def test_a_closed_account_is_answered_401(acme: Acme) -> None:
    """RFC 8555 §7.3.6: 401 and unauthorized, whatever it asks."""
    assert acme.kid is not None
    assert acme.post(acme.kid, {"status": "deactivated"}).status_code == 200
    for refused in (acme.post(acme.kid), acme.order(SERVICE, kind="guichet-service")):
        assert (refused.status_code, kind_of(refused)) == (401, "unauthorized")


def test_an_order_ends_with_the_authorization_it_relied_on(acme: Acme) -> None:
    """RFC 8555 §7.1.6: one that was ready becomes invalid when its authorization is given up."""
    place, order = ordered(acme)
    given_up = acme.post(order["authorizations"][0], {"status": "deactivated"})
    assert given_up.json()["status"] == "deactivated"  # type: ignore[attr-defined]
    assert acme.post(place).json()["status"] == "invalid"  # type: ignore[attr-defined]
    assert kind_of(acme.finalize(order, csr_of(SERVICE))) == "orderNotReady"


def test_the_key_of_the_account_is_not_certified(machine: MachineFacts) -> None:
    """Another key for the same order is."""
    own = pki.fresh_key("p-256")
    acme = Acme(JWKEC(key=own))
    assert acme.open(machine).status_code == 201
    _place, order = ordered(acme)
    refused = acme.finalize(order, csr_of(SERVICE, own))
    assert (refused.status_code, kind_of(refused)) == (400, "badCSR")
    assert acme.finalize(order, csr_of(SERVICE)).status_code == 200


def test_a_key_is_not_replaced_by_itself(acme: Acme) -> None:
    """RFC 8555 §7.3.5: 409 with the account that has the key, which is this one."""
    place = url("key-change")
    own = acme.key.public_key().to_json()
    inner = sealed(
        {"alg": acme.alg.name, "jwk": own, "url": place},
        f'{{"account": "{acme.kid}", "oldKey": {acme.key.public_key().json_dumps()}}}'.encode(),
        acme.alg.sign,
        acme.key.key,
    )
    refused = acme.post(place, inner)
    assert (refused.status_code, refused.headers["Location"]) == (409, acme.kid)


@pytest.mark.parametrize("path", ["directory", "new-nonce", "renewal-info/a.b"])
def test_a_wrong_method_is_told_as_such(db: None, path: str) -> None:
    """405 with what there is, not the refusal of a form without its token."""
    client = Client(enforce_csrf_checks=True)
    answer = client.post(f"/acme/{path}", b"", content_type="application/jose+json", secure=True)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert "GET" in answer["Allow"]


def test_no_mac_key_passes_for_an_option(
    machine: MachineFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One in 64 would begin with "-", as `certbot --eab-hmac-key` then refuses."""
    drawn = [f"{rank:043}" for rank in range(1000)]
    refused = next(one for one in drawn if eab_text(f"gue_{one}").startswith("-"))
    kept = next(one for one in drawn if not eab_text(f"gue_{one}").startswith("-"))
    asked = iter([refused, refused, kept])
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _octets: next(asked))
    assert eab(machine) == f"gue_{kept}"

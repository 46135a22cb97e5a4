"""How machines are let in to the API: by token, by a bound certificate, by OAuth; and how not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db.models import F
from django.test import Client
from django.utils import timezone

from apps.automation.callers import SOPHIE, Api, csr_pem
from apps.automation.machine_callers import account, by_certificate, by_token, publish, token_of
from guichet.authority.models import Certificate
from guichet.automation import access_tokens, authentication
from guichet.domain.machines import Verb
from guichet.identities import access
from guichet.identities.machines import MachineFacts
from guichet.identities.operations import machines
from guichet.journal.models import Entry
from guichet.keystore import Keystore
from guichet.orders.models import Order, Product

Body = Callable[..., dict[str, Any]]
Sign = Callable[[], None]
WITHDRAWAL = {"revocation_code": "une phrase à moi", "accept_terms": True}


@pytest.fixture
def on_card_port(settings: Any, tmp_path: Path) -> None:
    """The card port's addresses, and a state of this test alone."""
    settings.ROOT_URLCONF = "guichet.conf.card_urls"
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)


@pytest.fixture
def held(on_card_port: None, api: Api, order_body: Body, sign_everything: Sign) -> dict[str, Any]:
    """A certificate ORG/AUTH_CLI withdrawn by SOPHIE."""
    number = api.post("/orders", order_body()).json()["number"]
    sign_everything()
    answer: dict[str, Any] = api.post(f"/orders/{number}/withdrawal", WITHDRAWAL).json()
    return answer


def bind(machine: MachineFacts, pem: str) -> Any:
    """Let this certificate in for an account."""
    der = x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)
    return machines.bind_certificate(
        key=machine.key,
        fingerprint=sha256(der).hexdigest(),
        label="",
        by=SOPHIE,
        at=timezone.now(),
    )


def give_token(caller: Api, machine: MachineFacts, **asked: str) -> Any:
    """What the token endpoint answers."""
    form = {"grant_type": "client_credentials", "client_id": str(machine.key)} | asked
    return caller.client.post("/api/v1/oauth/token", form, secure=True)


@pytest.mark.parametrize("listener", ["portal", "card"])
def test_a_token_orders_and_withdraws_for_its_structure(
    structures: None, order_body: Body, sign_everything: Sign, settings: Any, listener: str
) -> None:
    """On both ports: the machine acts as its structure, and the journal says that it did."""
    settings.ROOT_URLCONF = f"guichet.conf.{'card_' if listener == 'card' else ''}urls"
    machine = account()
    api = by_token(token_of(machine).secret, listener)
    number = api.post("/orders", order_body()).json()["number"]
    sign_everything()
    assert api.post(f"/orders/{number}/withdrawal", WITHDRAWAL).status_code == 200
    assert Entry.objects.get(event="order-placed").actor == machine.ref
    assert Order.objects.get(number=number).requester_ref == machine.ref


def test_a_token_that_is_not_good(structures: None) -> None:
    """401 with the challenge of RFC 6750, whatever is wrong; a scheme unknown counts for none."""
    machine = account()
    issued = token_of(machine)
    for secret in ("gut_unknown", "", "eyJhbGciOiJub25lIn0.e30.", "é"):
        answer = by_token(secret).get("/orders")
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == 'Bearer realm="guichet", error="invalid_token"'
    basic = Client(headers={"Authorization": "Basic YTpi"}).get("/api/v1/orders", secure=True)
    assert (basic.status_code, basic["WWW-Authenticate"]) == (401, 'Bearer realm="guichet"')
    machines.revoke_credential(
        key=machine.key, credential=issued.facts.key, by=SOPHIE, at=timezone.now()
    )
    assert by_token(issued.secret).get("/orders").json()["code"] == "credential-wrong"


def test_what_a_machine_is_not_allowed(structures: None, order_body: Body) -> None:
    """A verb, a profile, the accounts of machines: 403; a disabled account is let in no more."""
    machine = account(verbs=[Verb.READ])
    api = by_token(token_of(machine).secret)
    refused = api.post("/orders", order_body())
    assert (refused.status_code, refused.json()["code"]) == (403, "verb-missing")
    assert refused["WWW-Authenticate"].endswith('error="insufficient_scope", scope="order"')
    for path in ("/machines", "/habilitations/dossiers", f"/machines/{machine.key}/credentials"):
        assert api.get(path).json()["code"] == "card-call-only"
    assert api.post("/machines", {}).status_code in {403, 422}
    other = by_token(token_of(account()).secret)
    beyond = other.post("/orders", order_body(usage="SIGN"))
    assert (beyond.status_code, beyond.json()["code"]) == (403, "right-missing")
    [right] = other.get("/habilitations").json()
    assert (right["offer"], right["usages"]) == ("ORG", ["AUTH_CLI"])
    machines.disable_machine(key=machine.key, by=SOPHIE, at=timezone.now())
    assert api.get("/orders").json()["code"] == "machine-disabled"


def test_a_bound_certificate_and_what_renews_it(
    held: dict[str, Any],
    keystore: Keystore,
    sign_everything: Sign,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Let in on the card port; its successor too, which is bound to nothing; none once unbound."""
    publish(keystore)
    monkeypatch.setattr(authentication, "actor_of_peer", access.actor_of_peer)
    machine, pem = account(), held["certificate"]
    unbound = by_certificate(pem).get("/products")
    assert (unbound.status_code, unbound.json()["code"]) == (401, "client-certificate-unbound")
    credential = bind(machine, pem)
    assert by_certificate(pem).get("/products").json()["count"] == 1
    elsewhere = by_certificate(pem, listener="portal").get("/products")
    assert elsewhere.json()["code"] == "api-card-required"

    shift = timezone.now() + timedelta(days=30) - Product.objects.get().not_after
    Product.objects.update(not_after=F("not_after") + shift, not_before=F("not_before") + shift)
    renewal = by_certificate(pem).post(f"/products/{held['product']}/renewal", {"csr": csr_pem()})
    sign_everything()
    path = f"/orders/{renewal.json()['number']}/withdrawal"
    new = by_certificate(pem).post(path, WITHDRAWAL).json()["certificate"]
    assert new != pem
    assert by_certificate(new).get("/products").json()["count"] == 2
    machines.revoke_credential(
        key=machine.key, credential=credential.key, by=SOPHIE, at=timezone.now()
    )
    for known in (pem, new):
        assert by_certificate(known).get("/products").json()["code"] == "credential-wrong"


def test_a_bound_certificate_that_does_not_hold(
    held: dict[str, Any], api: Api, keystore: Keystore, settings: Any
) -> None:
    """Status unknown: 503; revoked, expired or forged: 401. The binding alone opens nothing."""
    pem = held["certificate"]
    bind(account(), pem)
    before = by_certificate(pem).get("/products")
    assert before.json()["code"] == "client-certificate-untrusted"
    publish(keystore, timezone.now() - timedelta(hours=2))
    lists = settings.GUICHET.published / "crl"
    kept = {path: path.read_bytes() for path in lists.iterdir()}
    for path in kept:
        path.unlink()
    unknown = by_certificate(pem).get("/products")
    assert unknown.status_code == 503
    assert unknown.json()["code"] == "client-certificate-status-unavailable"
    assert unknown["Retry-After"]
    for path, content in kept.items():
        path.write_bytes(content)
    assert by_certificate(pem).get("/products").status_code == 200
    revoked = by_certificate(pem).post(
        f"/products/{held['product']}/revocation", {"reason": "key-compromise"}
    )
    assert revoked.status_code == 200
    publish(keystore)
    code = by_certificate(pem).get("/products").json()["code"]
    assert code == "client-certificate-revoked"


def test_oauth_with_mutual_tls(held: dict[str, Any], api: Api, keystore: Keystore) -> None:
    """RFC 8705: the token is good with its certificate alone, and within what was asked."""
    publish(keystore)
    machine, other, pem = account(), account(), held["certificate"]
    bind(machine, pem)
    caller = by_certificate(pem)
    found = caller.client.get("/.well-known/oauth-authorization-server", secure=True).json()
    assert found["token_endpoint"].endswith(":8445/api/v1/oauth/token")
    assert found["tls_client_certificate_bound_access_tokens"] is True

    given = give_token(caller, machine, scope="read")
    assert given.status_code == 200
    assert (given.json()["expires_in"], given.json()["scope"]) == (600, "read")
    assert given["Cache-Control"] == "no-store"
    token = given.json()["access_token"]
    with_both = by_certificate(pem, token=token)
    assert with_both.get("/products").json()["count"] == 1
    assert with_both.post("/orders", {}).status_code in {403, 422}
    narrowed = with_both.post(
        f"/products/{held['product']}/revocation", {"reason": "key-compromise"}
    )
    assert narrowed.json()["code"] == "verb-missing"
    for stolen in (by_token(token), by_token(token, "card"), by_certificate(pem, token=token[:-2])):
        assert stolen.get("/products").json()["code"] == "access-token-wrong"

    for asked, error in (
        ({"client_id": str(other.key)}, "invalid_client"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"scope": "read everything"}, "invalid_scope"),
    ):
        assert give_token(caller, machine, **asked).json()["error"] == error
    assert give_token(by_token("x", "card"), machine).status_code == 401
    assert caller.client.post("/api/v1/oauth/token", secure=True).json() == {
        "error": "invalid_request"
    }


def test_an_access_token_ends(held: dict[str, Any], api: Api, keystore: Keystore) -> None:
    """Ten minutes after it was given; and one of another certificate is not its own."""
    publish(keystore)
    machine, pem = account(), held["certificate"]
    bind(machine, pem)
    der = bytes(Certificate.objects.exclude(request=None).get().der)
    verbs = machine.scope.verbs
    then = timezone.now() - timedelta(minutes=10)
    for token in (
        access_tokens.issue(str(machine.key), verbs, der, then),
        access_tokens.issue(str(machine.key), verbs, b"another", timezone.now()),
        access_tokens.issue(str(account().key), verbs, der, timezone.now()),
    ):
        answer = by_certificate(pem, token=token).get("/products")
        assert answer.json()["code"] == "access-token-wrong"
    fresh = access_tokens.issue(str(machine.key), verbs, der, then + timedelta(seconds=30))
    assert by_certificate(pem, token=fresh).get("/products").status_code == 200

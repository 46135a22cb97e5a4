"""Accounts of ACME: opened once by an EAB key, by keys that do, which may change."""
# ruff: noqa: F811 a fixture is an argument of the same name

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from josepy.jwa import ES256, ES384, RS256
from josepy.jwk import JWKEC, JWKRSA

from apps.automation.acme_account import (  # noqa: F401 the fixtures
    acme,
    body,
    machine,
    sign_everything,
)
from apps.automation.acme_client import Acme, binding, eab, kind_of, p256, sealed, url
from guichet.automation.acme.okp import EDDSA, JWKOKP
from guichet.automation.models import AcmeAccount
from guichet.identities.machines import MachineFacts, credentials_of
from guichet.journal import queries as journal
from kit import pki


@pytest.mark.parametrize(
    ("key", "alg"),
    [
        (p256, ES256),
        (lambda: JWKEC(key=ec.generate_private_key(ec.SECP384R1())), ES384),
        (lambda: JWKRSA(key=pki.kept_key("acme")), RS256),
        (lambda: JWKOKP(key=Ed25519PrivateKey.generate()), EDDSA),
    ],
    ids=["ES256", "ES384", "RS256", "EdDSA"],
)
def test_an_account_of_each_kind_of_key(
    machine: MachineFacts, key: Callable[[], Any], alg: Any
) -> None:
    """Opened by an EAB key used up with it, found again by its key, shown, changed and closed."""
    client = Acme(key(), alg)
    opened = client.open(machine)
    assert (opened.status_code, body(opened)["status"]) == (201, "valid")
    assert [found.used_at is not None for found in credentials_of(machine.key)] == [True]
    kid, client.kid = client.kid, None
    again = client.post(url("new-account"), {"onlyReturnExisting": True})
    assert (again.status_code, again.headers["Location"]) == (200, kid)
    client.kid = kid
    assert kid is not None
    changed = client.post(kid, {"contact": ["mailto:nuit@hopital.fr"]})
    assert body(changed)["contact"] == ["mailto:nuit@hopital.fr"]
    assert body(client.post(kid))["contact"] == ["mailto:nuit@hopital.fr"]
    assert body(client.post(kid, {"status": "deactivated"}))["status"] == "deactivated"
    assert kind_of(client.post(kid)) == "unauthorized"
    told = [entry.event for entry in journal.entries_about(str(AcmeAccount.objects.get()))]
    assert sorted(told) == [
        "acme-account-changed",
        "acme-account-deactivated",
        "acme-account-opened",
    ]


def bind(client: Acme, machine: MachineFacts, **changes: Any) -> dict[str, Any]:
    return {"externalAccountBinding": binding(client.key, eab(machine), **changes)}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (lambda c, m: {"termsOfServiceAgreed": False}, "userActionRequired"),
        (lambda c, m: {"externalAccountBinding": None}, "externalAccountRequired"),
        (lambda c, m: {"externalAccountBinding": "x"}, "malformed"),
        (lambda c, m: {"externalAccountBinding": binding(p256(), eab(m))}, "malformed"),
        (lambda c, m: {"externalAccountBinding": binding(c.key, "gue_none")}, "unauthorized"),
        (lambda c, m: bind(c, m, mac=b"another key"), "unauthorized"),
        (lambda c, m: bind(c, m, address=url("key-change")), "malformed"),
        (lambda c, m: {"contact": ["tel:+33100000000"]}, "unsupportedContact"),
        (lambda c, m: {"contact": ["mailto:a@b.fr,c@d.fr"]}, "invalidContact"),
        (lambda c, m: {"contact": "mailto:a@b.fr"}, "malformed"),
        (lambda c, m: {"onlyReturnExisting": True}, "accountDoesNotExist"),
    ],
)
def test_accounts_that_are_not_opened(
    machine: MachineFacts, payload: Callable[[Acme, MachineFacts], Any], expected: str
) -> None:
    """Nothing is stored, and the EAB key is not used up."""
    client = Acme()
    assert kind_of(client.open(machine, **payload(client, machine))) == expected
    assert not AcmeAccount.objects.exists()
    assert all(found.used_at is None for found in credentials_of(machine.key))


def test_an_eab_key_opens_one_account(machine: MachineFacts) -> None:
    """The same request again finds its account; another key is refused."""
    key_id = eab(machine)
    first, second = Acme(), Acme()
    for client, expected in ((first, 201), (first, 200), (second, 403)):
        client.kid = None
        bound = {"externalAccountBinding": binding(client.key, key_id)}
        assert client.open(machine, **bound).status_code == expected


@pytest.mark.parametrize(
    "jwk",
    [
        {"kty": "oct", "k": "AAAA"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"},
        {"kty": "OKP", "crv": "X25519", "x": "A" * 43},
        {"kty": "OKP", "crv": "Ed25519", "x": 1},
        {"kty": "RSA", "n": "A" * 342, "e": "AQAB"},
        {"kty": "none"},
        {},
        "x",
        None,
    ],
)
def test_keys_that_are_no_account_keys(structures: None, jwk: Any) -> None:
    """Weak, private, of another kind or no key at all."""
    client = Acme()
    header = {"alg": "ES256", "nonce": client.nonce(), "url": url("new-account"), "jwk": jwk}
    sent = sealed(header, b"{}", ES256.sign, client.key.key)
    assert kind_of(client.send(url("new-account"), sent)) == "badPublicKey"


def test_a_private_or_small_key_is_refused(structures: None) -> None:
    """A client that sends its whole key learns it; 1024 bits are too few."""
    client = Acme()
    whole = client.signed(url("new-account"), {}, jwk=client.key.to_json())
    assert kind_of(client.send(url("new-account"), whole)) == "badPublicKey"
    small = Acme(JWKRSA(key=pki.kept_key("small", "rsa-1024")), RS256)
    assert kind_of(small.post(url("new-account"), {})) == "badPublicKey"


def test_another_key_signs_after_a_rollover(acme: Acme, machine: MachineFacts) -> None:
    """Both keys agree (RFC 8555 §7.3.5); a key that has an account is told which."""
    old, new = acme.key, p256()
    place = url("key-change")

    def inner(key: Any, **changes: Any) -> dict[str, Any]:
        header = {"alg": "ES256", "jwk": key.public_key().to_json(), "url": place}
        told = {"account": acme.kid, "oldKey": old.public_key().to_json()}
        payload = json.dumps(told | changes).encode()
        return sealed(header, payload, ES256.sign, key.key)

    other = Acme()
    other.open(machine)
    taken = acme.post(place, inner(other.key))
    assert (taken.status_code, taken.headers["Location"]) == (409, other.kid)
    assert kind_of(acme.post(place, inner(new, account=other.kid))) == "malformed"
    assert kind_of(acme.post(place, inner(new, oldKey=new.public_key().to_json()))) == "malformed"
    forged = inner(new) | {"signature": inner(p256())["signature"]}
    assert kind_of(acme.post(place, forged)) == "malformed"
    assert acme.post(place, inner(new)).status_code == 200
    assert acme.kid is not None
    assert kind_of(acme.post(acme.kid)) == "malformed", "the old key signs no longer"
    acme.key = new
    assert acme.post(acme.kid).status_code == 200

"""Messages to ACME: whom they are from, and those that are not what they seem."""
# ruff: noqa: F811 a fixture is an argument of the same name

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from acme.messages import ERROR_CODES
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from josepy.json_util import encode_b64jose
from josepy.jwa import HS256

from apps.automation.acme_account import (  # noqa: F401 the fixtures
    acme,
    body,
    machine,
    sign_everything,
)
from apps.automation.acme_client import SITE, Acme, kind_of, p256, sealed, url
from guichet.automation.acme import accounts, nonces
from guichet.automation.acme.problems import problem_of
from guichet.automation.models import AcmeNonce
from guichet.domain.refusals import Code, Refusal


def test_the_directory_says_where_everything_is() -> None:
    """Every address is of the portal's public name; every answer gives a nonce and the index."""
    answer = Client().get("/acme/directory", secure=True)
    told = json.loads(answer.content)
    meta = told.pop("meta")
    assert told.keys() >= {"newNonce", "newAccount", "newOrder", "revokeCert", "keyChange"}
    assert all(place.startswith(f"{SITE}/acme/") for place in told.values())
    assert meta["externalAccountRequired"] is True
    assert {"SERV/SSL_SERV", "ORG/AUTH_CLI"} <= meta["profiles"].keys()
    assert not any(code.startswith(("PRO/", "PS/")) for code in meta["profiles"])
    nonce = Client().get("/acme/new-nonce", secure=True)
    assert (nonce.status_code, nonce.headers["Cache-Control"]) == (204, "no-store")
    assert f'<{url("directory")}>;rel="index"' in nonce.headers["Link"]
    assert Client().get("/acme/new-account", secure=True).status_code == 405


def test_a_nonce_serves_once_and_not_for_long(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    """Used, forged, none and too old are refused alike; used ones are forgotten in the end."""
    assert acme.kid is not None
    used = acme.nonce()
    assert acme.post(acme.kid, nonce=used).status_code == 200
    forged = used[:-4] + ("AAAA" if used[-4:] != "AAAA" else "BBBB")
    for nonce in (used, forged, "", None, "A" * 43):
        refused = acme.post(acme.kid, nonce=nonce)
        assert kind_of(refused) == "badNonce", nonce
        assert refused.headers["Replay-Nonce"]
    old = nonces.fresh(timezone.now() - timedelta(hours=2))
    assert kind_of(acme.post(acme.kid, nonce=old)) == "badNonce"
    nonces.sweep(timezone.now() + timedelta(hours=3))
    assert not AcmeNonce.objects.exists()


def altered(acme: Acme, place: str) -> Any:
    found = acme.signed(place, b"")
    return found | {"payload": encode_b64jose(b"{}")}


def with_another_key(acme: Acme, place: str) -> Any:
    acme.key = p256()
    return acme.signed(place, b"")


def unprotected(acme: Acme, place: str) -> Any:
    return acme.signed(place, b"") | {"header": {"kid": acme.kid}}


def twice_named(acme: Acme, place: str) -> Any:
    sent = acme.signed(place, b"")
    return json.dumps(sent)[:-1].encode() + b', "payload": ""}'


def by_mac(acme: Acme, place: str) -> Any:
    """HS256 with the public key as the secret: the classic of confused verifiers."""
    header = {"alg": "HS256", "nonce": acme.nonce(), "url": place, "kid": acme.kid}
    secret = json.dumps(acme.key.public_key().to_json()).encode()
    return sealed(header, b"", HS256.sign, secret)


def unsigned(acme: Acme, place: str) -> Any:
    return acme.signed(place, b"", alg="none") | {"signature": ""}


HOSTILE: list[tuple[str, Callable[[Acme, str], Any], str]] = [
    ("altered payload", altered, "malformed"),
    ("another key", with_another_key, "malformed"),
    ("another address", lambda a, p: a.signed(f"{p}/orders", b""), "unauthorized"),
    ("no address", lambda a, p: a.signed(p, b"", url=None), "unauthorized"),
    ("unprotected header", unprotected, "malformed"),
    ("member twice", twice_named, "malformed"),
    (
        "jwk beside kid",
        lambda a, p: a.signed(p, b"", jwk=a.key.public_key().to_json()),
        "malformed",
    ),
    ("neither", lambda a, p: a.signed(p, b"", kid=None), "malformed"),
    ("critical header", lambda a, p: a.signed(p, b"", crit=["exp"]), "malformed"),
    ("unsigned", unsigned, "badSignatureAlgorithm"),
    ("MAC", by_mac, "badSignatureAlgorithm"),
    ("ES384 said of P-256", lambda a, p: a.signed(p, b"", alg="ES384"), "malformed"),
    ("algorithm list", lambda a, p: a.signed(p, b"", alg=["ES256"]), "badSignatureAlgorithm"),
    (
        "kid elsewhere",
        lambda a, p: a.signed(p, b"", kid="https://evil.test/x"),
        "accountDoesNotExist",
    ),
    ("kid number", lambda a, p: a.signed(p, b"", kid=7), "malformed"),
    ("no JSON", lambda a, p: b"{", "malformed"),
    ("a list", lambda a, p: b"[]", "malformed"),
    ("deep", lambda a, p: b'{"protected":' + b"[" * 90_000, "malformed"),
    ("too long", lambda a, p: b" " * 200_001, "malformed"),
    ("not base64", lambda a, p: {"protected": "?", "payload": "", "signature": ""}, "malformed"),
    ("numbers", lambda a, p: {"protected": 1, "payload": 2, "signature": 3}, "malformed"),
]


@pytest.mark.parametrize(
    ("make", "expected"), [h[1:] for h in HOSTILE], ids=[h[0] for h in HOSTILE]
)
def test_hostile_messages(acme: Acme, make: Callable[[Acme, str], Any], expected: str) -> None:
    """Nothing is believed before the signature, and no answer is a fault of ours."""
    assert acme.kid is not None
    place = acme.kid
    refused = acme.send(place, make(acme, place))
    assert kind_of(refused) == expected
    assert refused.status_code < 500
    assert body(refused)["detail"]


def test_what_is_sent_is_jose_json(acme: Acme) -> None:
    """RFC 8555 §6.2: another media type is 415; a POST-as-GET where a payload is due, malformed."""
    assert acme.kid is not None
    sent = acme.signed(acme.kid, b"")
    answer = acme.send(acme.kid, sent, content_type="application/json")
    assert (answer.status_code, kind_of(answer)) == (415, "malformed")
    assert kind_of(acme.post(url("new-order"))) == "malformed"
    assert kind_of(acme.post(f"{acme.kid}/orders", {})) == "malformed"


def test_details_are_told_in_english_too(acme: Acme) -> None:
    """The words of a refusal follow Accept-Language, its type and code do not."""
    asked = {"identifiers": [{"type": "dns", "value": "www.clinique.fr"}]}
    place = url("new-order")
    told = [
        body(acme.send(place, acme.signed(place, asked), accept_language=language))
        for language in ("fr", "en")
    ]
    assert told[0]["type"] == told[1]["type"]
    assert told[0]["title"] != told[1]["title"]


def test_every_refusal_is_an_error_of_acme() -> None:
    """RFC 8555 §6.7, RFC 9773 §7.4 and the profiles draft: no other type is ever told."""
    known = {*ERROR_CODES, "alreadyReplaced", "invalidProfile", "userActionRequired"}
    told = {code: problem_of(Refusal(code)) for code in Code}
    assert {problem.type for problem in told.values()} <= known
    assert all(400 <= problem.status < 600 for problem in told.values())
    assert told[Code.KEY_BURNT].type == "badCSR"
    assert told[Code.TOO_MANY_TRIES].headers["Retry-After"]


def test_orders_are_listed_page_by_page(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link leads to the next page, whose address is signed with its cursor."""
    monkeypatch.setattr(accounts, "ORDERS_A_PAGE", 2)
    made = [acme.order(f"{letter}.hopital.fr").headers["Location"] for letter in "abc"]
    place, found = f"{acme.kid}/orders", []
    while place:
        page = acme.post(place)
        found += body(page)["orders"]
        links = [link.strip() for link in page.headers["Link"].split(",")]
        following = [link.split(">")[0][1:] for link in links if link.endswith('rel="next"')]
        place = following[0] if following else ""
    assert found == made[::-1]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
IDENTIFIERS = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["dns", "guichet-service", "ip"]), "value": st.text(max_size=80)}
    )
)
MEMBERS_OF = {
    "new-order": {"identifiers": JUNK | IDENTIFIERS, "profile": JUNK, "replaces": JUNK},
    "revoke-cert": {"certificate": JUNK, "reason": JUNK},
    "key-change": {"protected": JUNK, "payload": JUNK, "signature": JUNK},
    "account": {"status": JUNK, "contact": JUNK},
}


@pytest.mark.parametrize("view", sorted(MEMBERS_OF))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_payload_is_a_fault_of_ours(acme: Acme, view: str, data: st.DataObject) -> None:
    """Whatever a client signs is answered: what it asked for, or what is wrong with it."""
    assert acme.kid is not None
    place = acme.kid if view == "account" else url(view)
    members = st.fixed_dictionaries({}, optional=MEMBERS_OF[view])
    answer = acme.post(place, data.draw(members | JUNK))
    assert answer.status_code < 500

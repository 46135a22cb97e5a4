"""What codes and tokens of the provider are worth: once, with which certificate, until when."""
# ruff: noqa: F811 a fixture is an argument of the same name

import hashlib

import pytest

from apps.bench.clients import CA
from apps.bench.relying import (  # noqa: F401 the fixtures
    ASKED,
    BACK,
    GONE,
    SECRET,
    Sandbox,
    call,
    grant,
    others,
    own,
    refresh,
    refused,
    s256,
    told,
    userinfo,
)
from kit.pki import Leaf, kept_key

INACTIVE = {"active": False}


def test_a_stolen_token(sandbox: Sandbox, own: Leaf, others: Leaf) -> None:
    """REFUSED without the certificate it is bound to (RFC 8705 §3)."""
    token = sandbox.tokens(own)["access_token"]
    why = "RFC 8705; code=psc-token-bound"
    assert refused(userinfo(others, token)) == (401, "invalid_token", why)
    assert userinfo(None, token).status_code == 401
    assert userinfo(own, token).status_code == 200
    assert refused(userinfo(own, "no token"))[:2] == (401, "invalid_token")
    assert call(own.chain, "userinfo").status_code == 401


def test_a_revoked_certificate(sandbox: Sandbox, own: Leaf, others: Leaf) -> None:
    """REFUSED from the list that tells it on, with the token it got before."""
    tokens = sandbox.tokens(own)
    sandbox.bench.publish_list(CA, own.serial)
    why = "EXI_PSC_24; code=bench-revoked"
    assert refused(userinfo(own, tokens["access_token"])) == (401, "invalid_token", why)
    again = call(own.chain, "token", refresh(tokens["refresh_token"]))
    assert refused(again) == (401, "invalid_client", why)
    (sandbox.bench.folder / "crl" / f"{CA}.crl").unlink()
    unknown = userinfo(others, tokens["access_token"])
    assert refused(unknown)[:2] == (503, "temporarily_unavailable")


def test_a_code_serves_once(sandbox: Sandbox, own: Leaf, others: Leaf) -> None:
    """REFUSED the second time, and what the first gave is revoked (RFC 6749 §4.1.2)."""
    code = sandbox.code()
    tokens = told(call(own.chain, "token", grant(code)))
    assert refused(call(own.chain, "token", grant(code)))[:2] == (400, "invalid_grant")
    assert userinfo(own, tokens["access_token"]).status_code == 401
    again = sandbox.browse("/auth", ASKED, press="sophie")
    assert "error=invalid_request" in again["Location"], "the nonce was used"


@pytest.mark.parametrize("verifier", ["", "w" * 43])
def test_a_code_without_its_verifier(
    sandbox: Sandbox, own: Leaf, others: Leaf, verifier: str
) -> None:
    """REFUSED (RFC 7636 §4.6)."""
    code = sandbox.code(code_challenge=s256("v" * 43), code_challenge_method="S256")
    answer = call(own.chain, "token", grant(code, code_verifier=verifier))
    assert answer.status_code == 400


def test_a_renewed_certificate_takes_over(sandbox: Sandbox, own: Leaf) -> None:
    """Both certificates serve for a while; a refresh binds to the one presented (§4)."""
    renewed = sandbox.bench.pki.leaf(key=kept_key("p-384", "p-384"))
    sandbox.declare("service-a", own, renewed)
    tokens = sandbox.tokens(own)
    fresh = told(call(renewed.chain, "token", refresh(tokens["refresh_token"])))
    assert userinfo(renewed, fresh["access_token"]).status_code == 200
    assert userinfo(own, fresh["access_token"]).status_code == 401
    assert userinfo(own, tokens["access_token"]).status_code == 200
    sandbox.detach("service-a", own)
    why = "EXI_PSC_24; code=psc-not-associated"
    assert refused(userinfo(own, tokens["access_token"])) == (401, "invalid_token", why)
    old = {"token": tokens["access_token"], "client_id": "service-a"}
    assert told(call(renewed.chain, "introspect", old)) == INACTIVE
    assert userinfo(renewed, fresh["access_token"]).status_code == 200


def test_a_refresh_token_serves_once(sandbox: Sandbox, own: Leaf, others: Leaf) -> None:
    """REFUSED when it comes back, and the whole login ends (RFC 9700 §4.14)."""
    tokens = sandbox.tokens(own)
    stolen = call(others.chain, "token", refresh(tokens["refresh_token"], "service-b"))
    assert refused(stolen)[:2] == (400, "invalid_grant")
    fresh = told(call(own.chain, "token", refresh(tokens["refresh_token"])))
    assert userinfo(own, fresh["access_token"]).status_code == 200
    again = call(own.chain, "token", refresh(tokens["refresh_token"]))
    assert refused(again)[:2] == (400, "invalid_grant")
    assert userinfo(own, fresh["access_token"]).status_code == 401


def test_what_is_revoked_is_worth_nothing(sandbox: Sandbox, own: Leaf, others: Leaf) -> None:
    """RFC 7009: by its client alone; a refresh token takes its login with it."""
    tokens = sandbox.tokens(own)
    fields = {"token": tokens["refresh_token"], "client_id": "service-b"}
    assert refused(call(others.chain, "revoke", fields))[1] == "invalid_grant"
    assert userinfo(own, tokens["access_token"]).status_code == 200
    assert call(own.chain, "revoke", {**fields, "client_id": "service-a"}).status_code == 200
    assert userinfo(own, tokens["access_token"]).status_code == 401
    asked = {"token": tokens["access_token"], "client_id": "service-a"}
    assert told(call(own.chain, "introspect", asked)) == INACTIVE


@pytest.mark.parametrize(
    ("more", "headers", "why"),
    [
        ({"client_secret": "faux"}, {}, "EXI_PSC_22; code=psc-secret-wrong"),
        ({}, {"origin": "https://client.test"}, "EXI_PSC_22; code=psc-secret-exposed"),
        ({"client_id": "nobody"}, {}, "EXI_PSC_22; code=psc-client-unknown"),
        ({"client_secret": SECRET}, {}, ""),
        ({}, {}, ""),
    ],
)
def test_what_a_server_keeps(
    sandbox: Sandbox, own: Leaf, more: dict[str, str], headers: dict[str, str], why: str
) -> None:
    """EXI_PSC_22: a secret may go with the certificate, from a server, and must be right."""
    digest = hashlib.sha256(SECRET.encode()).hexdigest()
    sandbox.declare("service-a", own, secret_sha256=digest)
    answer = call(own.chain, "token", grant(sandbox.code()) | more, **headers)
    if not why:
        assert answer.status_code == 200
        return
    assert refused(answer) == (401, "invalid_client", why)

"""What an identity provider says is believed once verified, whichever way it says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from guichet.domain.refusals import Code, Refusal
from guichet.identities import oidc, providers
from guichet.identities.oidc import Callback, OidcClient
from kit.refusals import assert_refused

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ISSUER = "https://fournisseur.test"
CLIENT = OidcClient(
    issuer=ISSUER,
    client_id="guichet",
    client_secret="secret",
    redirect_uri="https://localhost/retour",
    scope="openid",
)
CALLBACK = Callback(code="code", nonce="nonce", verifier="verifier")
CITIZEN = {"given_name": "JEAN", "family_name": "DUPONT", "email": "jean@hopital.test"}
KEY = RSAKey.generate_key(2048, private=True)
OTHER_KEY = RSAKey.generate_key(2048, private=True)


def signed(claims: Mapping[str, Any], key: RSAKey = KEY) -> str:
    return jwt.encode({"alg": "RS256"}, dict(claims), key)


def id_claims(**changes: Any) -> dict[str, Any]:
    at = int(NOW.timestamp())
    claims = {"iss": ISSUER, "aud": "guichet", "sub": "1", "nonce": "nonce", "iat": at}
    return {**claims, "exp": at + 60, **changes}


@dataclass
class FakeProvider:
    """Answers as a provider would; a test changes one answer."""

    id_token: str = field(default_factory=lambda: signed(id_claims()))
    userinfo: httpx.Response = field(
        default_factory=lambda: httpx.Response(200, json={"sub": "1", **CITIZEN})
    )
    metadata: dict[str, Any] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request, auth: httpx.Auth | None = None) -> httpx.Response:
        self.asked.append(next(auth.sync_auth_flow(request)) if auth else request)
        match request.url.path:
            case "/.well-known/openid-configuration":
                names = ("authorization", "token", "userinfo")
                endpoints = {f"{name}_endpoint": f"{ISSUER}/{name}" for name in names}
                known = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/jwks", **endpoints}
                return httpx.Response(200, json=known | self.metadata)
            case "/token":
                tokens = {"id_token": self.id_token, "access_token": "jeton"}
                return httpx.Response(200, json=tokens)
            case "/jwks":
                return httpx.Response(200, json={"keys": [KEY.as_dict(private=False)]})
        return self.userinfo


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    made = FakeProvider()
    monkeypatch.setattr(oidc, "_send", made)
    return made


def claims() -> Mapping[str, Any]:
    return CLIENT.claims(CALLBACK, wanted=("given_name", "family_name", "email"), at=NOW)


def jwt_answer(token: str) -> httpx.Response:
    return httpx.Response(200, text=token, headers={"Content-Type": "application/jwt"})


def test_userinfo_completes_the_identity(provider: FakeProvider) -> None:
    assert claims()["email"] == "jean@hopital.test"
    assert provider.asked[-1].headers["Authorization"] == "Bearer jeton"


def test_userinfo_is_not_asked_when_nothing_is_missing(provider: FakeProvider) -> None:
    provider.id_token = signed(id_claims(**CITIZEN))
    assert claims()["family_name"] == "DUPONT"
    assert "/userinfo" not in [request.url.path for request in provider.asked]


def test_signed_userinfo_is_read(provider: FakeProvider) -> None:
    """OpenID Connect Core §5.3.2: a provider may sign its answer."""
    told = {"iss": ISSUER, "aud": "guichet", "sub": "1", **CITIZEN}
    provider.userinfo = jwt_answer(signed(told))
    assert claims()["given_name"] == "JEAN"


@pytest.mark.parametrize(
    "userinfo",
    [
        httpx.Response(200, json={"sub": "2", **CITIZEN}),
        httpx.Response(200, text="no object"),
        jwt_answer(signed({"iss": ISSUER, "aud": "guichet", "sub": "1"}, OTHER_KEY)),
        jwt_answer(signed({"iss": ISSUER, "aud": "another", "sub": "1"})),
        jwt_answer(signed({"iss": "https://autre.test", "aud": "guichet", "sub": "1"})),
        jwt_answer(signed({"iss": ISSUER, "aud": "guichet", "sub": "2"})),
        jwt_answer("no.token.at all"),
    ],
)
def test_userinfo_of_somebody_else_is_refused(
    provider: FakeProvider, userinfo: httpx.Response
) -> None:
    provider.userinfo = userinfo
    with assert_refused(Code.LOGIN_OIDC_FAILED):
        claims()


@pytest.mark.parametrize(
    "token",
    [
        signed(id_claims(), OTHER_KEY),
        signed(id_claims(iss="https://autre.test")),
        signed(id_claims(aud="another")),
        signed(id_claims(aud=["guichet", "another"])),
        signed(id_claims(azp="another")),
        signed(id_claims(nonce="of another login")),
        signed(id_claims(exp=int(NOW.timestamp()) - 31)),
        "",
    ],
    ids=["key", "issuer", "audience", "audiences", "party", "nonce", "expired", "empty"],
)
def test_an_id_token_that_does_not_hold_is_refused(provider: FakeProvider, token: str) -> None:
    """OpenID Connect Core §3.1.3.7."""
    provider.id_token = token
    with assert_refused(Code.LOGIN_OIDC_FAILED):
        claims()


def test_secret_goes_in_the_header_unless_only_the_body_is_offered(provider: FakeProvider) -> None:
    claims()
    assert provider.asked[1].headers["Authorization"].startswith("Basic ")
    provider.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    provider.asked.clear()
    claims()
    assert "Authorization" not in provider.asked[1].headers
    sent = parse_qs(provider.asked[1].content.decode())
    assert (sent["client_id"], sent["client_secret"]) == (["guichet"], ["secret"])


@pytest.mark.parametrize(
    "metadata", [{"issuer": "https://autre.test"}, {"token_endpoint": "http://fournisseur.test/t"}]
)
def test_metadata_that_leads_elsewhere_is_refused(
    provider: FakeProvider, metadata: dict[str, Any]
) -> None:
    provider.metadata = metadata
    with assert_refused(Code.LOGIN_OIDC_FAILED):
        claims()


@pytest.mark.parametrize("missing", ["sub", "given_name", "family_name", "email"])
def test_a_partial_identity_opens_nothing(missing: str) -> None:
    told = {"sub": "1", **CITIZEN}
    assert providers.FRANCECONNECT.person(told, "fr").surname == "DUPONT"
    with assert_refused(Code.LOGIN_OIDC_FAILED):
        providers.FRANCECONNECT.person({**told, missing: None}, "fr")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(503), Code.LOGIN_OIDC_UNAVAILABLE),
        (httpx.Response(404), Code.LOGIN_OIDC_FAILED),
        (httpx.Response(302, headers={"Location": "https://autre.test"}), Code.LOGIN_OIDC_FAILED),
        (httpx.ConnectTimeout("slow"), Code.LOGIN_OIDC_UNAVAILABLE),
    ],
)
def test_a_provider_in_trouble_is_told_apart_from_a_wrong_one(
    monkeypatch: pytest.MonkeyPatch, answer: httpx.Response | Exception, code: Code
) -> None:
    def send(*_: Any, **__: Any) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(httpx.Client, "send", send)
    with pytest.raises(Refusal) as caught:
        CLIENT.authorization_url(state="s", nonce="n", verifier="v")
    assert caught.value.code is code

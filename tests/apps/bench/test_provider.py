"""The provider's rules: who logs in, by what request and with which certificate."""
# ruff: noqa: F811 a fixture is an argument of the same name

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

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
from kit.pki import Leaf


def test_a_login_by_code_with_pkce(sandbox: Sandbox, own: Leaf, others: Leaf) -> None:
    """Discovery, choice, tokens bound to the certificate, userinfo, introspection."""
    metadata = told(sandbox.browse("/.well-known/openid-configuration", {}))
    assert metadata["mtls_endpoint_aliases"]["token_endpoint"].endswith("/psc/token")
    assert metadata["tls_client_certificate_bound_access_tokens"] is True
    page = sandbox.browse("/auth", ASKED)
    assert "SOPHIE" in page.content.decode()
    assert "form-action 'self' https://client.test" in page["Content-Security-Policy"]
    challenge = {"code_challenge": s256("v" * 43), "code_challenge_method": "S256"}
    answer = call(own.chain, "token", grant(sandbox.code(**challenge), code_verifier="v" * 43))
    tokens = told(answer)
    assert (answer.status_code, tokens["token_type"]) == (200, "Bearer")
    assert "no-store" in answer["Cache-Control"]
    keys = KeySet.import_key_set(told(sandbox.browse("/certs", {})))  # type: ignore[arg-type]
    said = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"]).claims
    assert (said["aud"], said["nonce"], said["acr"]) == ("service-a", "nonce", "eidas1")
    bound = jwt.decode(tokens["access_token"], keys, algorithms=["RS256"]).claims["cnf"]
    assert bound == {"x5t#S256": sandbox.services["service-a"]["certificates"][0]["x5t#S256"]}
    person = told(userinfo(own, tokens["access_token"]))
    assert (person["SubjectNameID"], person["sub"]) == ("899700143599", said["sub"])
    practice = person["SubjectRefPro"]["exercices"][0]
    assert practice["activities"][0]["raisonSocialeSite"] == "HOPITAL DES 3 DAMES"
    asked = {"token": tokens["access_token"], "client_id": "service-b"}
    seen = told(call(others.chain, "introspect", asked))
    assert (seen["active"], seen["client_id"], seen["cnf"]) == (True, "service-a", bound)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"acr_values": ""}, "acr_values=eidas1 is required"),
        ({"scope": "profile"}, "scope holds openid"),
        ({"state": ""}, "state is required"),
        ({"nonce": ""}, "nonce"),
        ({"code_challenge": "c" * 43, "code_challenge_method": "plain"}, "code_challenge_method"),
        ({"client_secret": SECRET}, "EXI_PSC_22"),
        ({"response_type": "token"}, ""),
    ],
)
@pytest.mark.usefixtures("others")
def test_a_request_that_the_client_hears_about(
    sandbox: Sandbox, change: dict[str, str], why: str
) -> None:
    """REFUSED by redirection, with the state."""
    answer = sandbox.browse("/auth", {**ASKED, **change})
    assert answer.status_code == 302, answer.content
    back = parse_qs(urlsplit(answer["Location"]).query)
    assert answer["Location"].startswith(BACK)
    assert why in back.get("error_description", [""])[0]
    assert back.get("state", [""])[0] == {**ASKED, **change}["state"]


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "nobody"},
        {"redirect_uri": "https://client.test/retour/ailleurs"},
        {"redirect_uri": 'https://client.test/"é\\'},
        {"redirect_uri": ""},
    ],
)
@pytest.mark.usefixtures("others")
def test_a_request_that_goes_nowhere(sandbox: Sandbox, change: dict[str, str]) -> None:
    """REFUSED on the spot: the address is not known to be the client's."""
    answer = sandbox.browse("/auth", {**ASKED, **change})
    assert answer.status_code == 400
    assert "Demande de connexion refusée" in answer.content.decode()


@pytest.mark.usefixtures("others")
def test_who_declines(sandbox: Sandbox) -> None:
    answer = sandbox.browse("/auth", ASKED, press="nobody known")
    assert "error=access_denied" in answer["Location"]


@pytest.mark.parametrize(
    ("profile", "why"),
    [
        ("ORG/SIGN", "EXI_PSC_24; code=bench-wrong-usage"),
        ("SERV/SSL_SERV", "EXI_PSC_24; code=bench-wrong-offer"),
        ("", "EXI_PSC_24; code=bench-no-certificate"),
        ("ORG/AUTH_CLI", "EXI_PSC_24; code=psc-not-associated"),
    ],
)
def test_a_certificate_that_does_not_do(
    sandbox: Sandbox, own: Leaf, others: Leaf, profile: str, why: str
) -> None:
    """REFUSED wherever a certificate is wanted, and the developer is told the requirement."""
    chain = sandbox.bench.pki.leaf(profile).chain if profile else ()
    token = sandbox.tokens(own)["access_token"]
    fields = {"token": token, "client_id": "service-a"}
    for path, data in (
        ("token", grant(sandbox.code(nonce="another"))),
        ("introspect", fields),
        ("revoke", fields),
    ):
        answer = call(chain, path, data)
        assert refused(answer) == (401, "invalid_client", why)
        assert told(answer)["guichet_diagnostic"][0]["remedy"]
        assert told(answer)["error_uri"].endswith(f"/psc/diagnostic/{why.rpartition('=')[2]}")
    status, error, diagnosis = refused(call(chain, "userinfo", authorization=f"Bearer {token}"))
    bound = "RFC 8705; code=psc-token-bound"
    assert (status, error) == (401, "invalid_token")
    assert diagnosis == (bound if "associated" in why else why)
    assert told(call(own.chain, "introspect", fields))["active"] is True


def test_a_certificate_of_another_client(sandbox: Sandbox, own: Leaf, others: Leaf) -> None:
    """REFUSED: its certificate holds, and is not this client's. The code stays good."""
    code = sandbox.code()
    why = "EXI_PSC_24; code=psc-not-associated"
    assert refused(call(others.chain, "token", grant(code))) == (401, "invalid_client", why)
    own_name = call(others.chain, "token", grant(code, "service-b"))
    assert refused(own_name) == (400, "invalid_grant", "")
    assert call(own.chain, "token", grant(code)).status_code == 200


def test_logout_ends_the_login(sandbox: Sandbox, own: Leaf, others: Leaf) -> None:
    """Back to the registered address with the state; without a hint nothing ends."""
    tokens = sandbox.tokens(own)
    asked = {"post_logout_redirect_uri": GONE, "state": "fin", "client_id": "service-a"}
    nothing = sandbox.browse("/logout", asked)
    assert (nothing.status_code, "Aucune connexion" in nothing.content.decode()) == (200, True)
    assert userinfo(own, tokens["access_token"]).status_code == 200
    hinted = {**asked, "id_token_hint": tokens["id_token"]}
    assert sandbox.browse("/logout", {**hinted, "client_id": "service-b"}).status_code == 400
    answer = sandbox.browse("/logout", hinted)
    assert (answer.status_code, answer["Location"]) == (302, f"{GONE}?state=fin")
    assert userinfo(own, tokens["access_token"]).status_code == 401


@pytest.mark.parametrize("environment", ["production", "test"])
def test_services_of_the_other_environment_are_unknown(
    sandbox: Sandbox, own: Leaf, environment: str
) -> None:
    sandbox.declare("service-a", own, environment=environment)
    known = sandbox.browse("/auth", ASKED).status_code == 200
    assert known is (environment == "test")


def test_each_refusal_has_its_page_in_the_sandbox_alone(sandbox: Sandbox, settings: Any) -> None:
    """HTML for people, JSON for programs; nothing outside the demo."""
    path = "diagnostic/psc-not-associated"
    page = call((), path, accept="text/html").content.decode()
    assert "Certificat non associé au service" in page
    assert told(call((), path, accept="application/json"))["requirement"] == "EXI_PSC_24"
    assert call((), "diagnostic/rien").status_code == 404
    settings.GUICHET = settings.GUICHET.__class__.read({"GUICHET_STATE": str(sandbox.bench.folder)})
    assert call((), path).status_code == 404
    assert call((), "token", {}).status_code == 404


@pytest.mark.parametrize("odd", ["", 'é"\\\x00'])
def test_oddities_are_errors_of_oauth(sandbox: Sandbox, own: Leaf, others: Leaf, odd: str) -> None:
    """REFUSED, never a fault of ours, whatever a field holds."""
    sound = {
        "grant_type": "authorization_code",
        "code": "c",
        "client_id": "service-a",
        "token": "t",
        "redirect_uri": BACK,
        "refresh_token": "r",
    }
    for name in (*sound, "scope", "token_type_hint", "code_verifier", "client_secret"):
        for path in ("token", "introspect", "revoke"):
            assert call(own.chain, path, sound | {name: odd}).status_code < 500, (name, path)
    for name in (*ASKED, "code_challenge", "prompt", "response_mode"):
        assert sandbox.browse("/auth", {**ASKED, name: odd}).status_code < 500, name
    for name in ("id_token_hint", "client_id", "post_logout_redirect_uri", "state"):
        assert sandbox.browse("/logout", {name: odd}).status_code < 500, name
    for header in (f"Bearer {odd}", "Basic é", "Basic Zg==", "Bearer"):
        value = header.encode(errors="ignore").decode("latin-1")
        assert call(own.chain, "userinfo", authorization=value).status_code == 401
        assert call(own.chain, "token", {}, authorization=value).status_code < 500

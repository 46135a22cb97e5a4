"""Logging in by code flow at the provider in the shape of Pro Santé Connect, over real TLS.

Two relying parties: one written with authlib, one with curl alone; both with a certificate that the
portal issued.
"""

import json
import ssl
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

from kit.stack import Stack
from protocols.products import HOSPITAL, Product, call, curl, obtain

pytestmark = pytest.mark.stack
BACK = "https://client.test/retour"
REFUSED_WITHIN_S = 5
KNOWN_WITHIN_S = 30


@dataclass
class Party:
    """A relying party: its client_id and what it presents."""

    stack: Stack
    client_id: str
    product: Product

    @property
    def issuer(self) -> str:
        return self.stack.url("OIDC_PORT")

    def curl(self, path: str, *options: str) -> tuple[int, dict[str, Any]]:
        """A call with its certificate; status and JSON."""
        identity = ("--cert", self.product.certificate, "--key", self.product.key)
        status, body = curl(self.stack, *identity, *options, f"{self.stack.bench_url}/psc/{path}")
        return status, json.loads(body)

    def code(self, nonce: str) -> str:
        """A browser logs in as SOPHIE, by curl."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": BACK,
            "scope": "openid scope_all",
            "acr_values": "eidas1",
            "state": "etat",
            "nonce": nonce,
        }
        address = f"{self.issuer}/auth?{urlencode(asked)}"
        where = ("-o", "/dev/null", "-w", "%{redirect_url}\n", "-d", "sub=sophie")
        run = subprocess.run(
            ["curl", "-s", *where, address], capture_output=True, text=True, check=True
        )
        answer = parse_qs(urlsplit(run.stdout.strip()).query)
        assert answer["state"] == ["etat"]
        return answer["code"][0]

    def tokens(self, nonce: str) -> dict[str, Any]:
        """A whole login, by curl."""
        fields = urlencode(
            {
                "grant_type": "authorization_code",
                "code": self.code(nonce),
                "redirect_uri": BACK,
                "client_id": self.client_id,
            }
        )
        status, told = self.curl("token", "-d", fields)
        assert status == 200, told
        return told

    def userinfo(self, token: str, *options: str) -> tuple[int, dict[str, Any]]:
        return self.curl("userinfo", "-H", f"Authorization: Bearer {token}", *options)


def declared(stack: Stack, client_id: str, product: Product) -> Party:
    """A service in the registry with its certificate, once the provider knows of it."""
    service = {
        "structure": HOSPITAL,
        "client_id": client_id,
        "name": client_id,
        "redirect_uris": [BACK],
        "contact_email": "sophie@hopital-3-dames.test",
    }
    key = call(stack, "/associations", service)["id"]
    call(stack, f"/associations/{key}/certificates", {"product": product.id})
    party = Party(stack, client_id, product)
    deadline = time.monotonic() + KNOWN_WITHIN_S
    fields = urlencode({"token": "none", "client_id": client_id})
    while party.curl("introspect", "-d", fields)[0] != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return party


@pytest.fixture(scope="module")
def parties(
    stack: Stack, client_product: Product, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Party, Party]:
    """Two services of two certificates."""
    other = obtain(stack, tmp_path_factory.mktemp("other"))
    return declared(stack, "psc-a", client_product), declared(stack, "psc-b", other)


def test_a_relying_party_written_with_authlib(stack: Stack, parties: tuple[Party, Party]) -> None:
    """It reads the metadata, uses PKCE, and is known by its certificate alone (RFC 8705 §2)."""
    party, _ = parties
    metadata = httpx.get(f"{party.issuer}/.well-known/openid-configuration", trust_env=False).json()
    mutual = metadata["mtls_endpoint_aliases"]
    with OAuth2Session(
        client_id=party.client_id,
        token_endpoint_auth_method="none",  # client_id in the body, no secret: tls_client_auth
        scope="openid scope_all",
        redirect_uri=BACK,
        code_challenge_method="S256",
    ) as client:
        client.cert = (str(party.product.certificate), str(party.product.key))
        client.verify, client.trust_env = str(stack.root), False
        address, state = client.create_authorization_url(
            metadata["authorization_endpoint"],
            nonce="authlib",
            acr_values="eidas1",
            code_verifier="v" * 43,
        )
        answer = httpx.post(address, data={"sub": "sophie"}, trust_env=False)
        tokens = client.fetch_token(
            mutual["token_endpoint"],
            authorization_response=answer.headers["Location"],
            state=state,
            code_verifier="v" * 43,
        )
        person = client.get(mutual["userinfo_endpoint"]).json()
        refreshed = client.refresh_token(mutual["token_endpoint"])
    keys = KeySet.import_key_set(httpx.get(metadata["jwks_uri"], trust_env=False).json())
    claims = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (party.issuer, "psc-a", "authlib")
    assert (person["sub"], person["SubjectNameID"]) == (claims["sub"], "899700143599")
    assert refreshed["access_token"] != tokens["access_token"]


def test_a_relying_party_of_curl_alone(parties: tuple[Party, Party]) -> None:
    """Code, token, userinfo, introspection, revocation."""
    party, _ = parties
    token = party.tokens("curl")["access_token"]
    status, person = party.userinfo(token)
    assert (status, person["family_name"]) == (200, "DIRECTRICE-CH143590001")
    fields = urlencode({"token": token, "client_id": party.client_id})
    assert party.curl("introspect", "-d", fields)[1]["cnf"]["x5t#S256"]
    assert party.curl("revoke", "-d", fields)[0] == 200
    assert party.curl("introspect", "-d", fields)[1] == {"active": False}
    assert party.userinfo(token)[0] == 401


def test_a_stolen_token_and_another_clients_certificate(parties: tuple[Party, Party]) -> None:
    """REFUSED with another certificate or none; so is a certificate under another's name."""
    party, thief = parties
    token = party.tokens("theft")["access_token"]
    status, told = thief.userinfo(token)
    assert (status, told["guichet_diagnostic"][0]["code"]) == (401, "psc-token-bound")
    bearer = ("-H", f"Authorization: Bearer {token}")
    status, body = curl(party.stack, *bearer, f"{party.stack.bench_url}/psc/userinfo")
    assert (status, json.loads(body)["error"]) == (401, "invalid_token")
    assert party.userinfo(token)[0] == 200
    fields = {"grant_type": "authorization_code", "code": party.code("stolen")}
    asked = urlencode(fields | {"redirect_uri": BACK, "client_id": party.client_id})
    status, told = thief.curl("token", "-d", asked)
    assert (status, told["guichet_diagnostic"][0]["code"]) == (401, "psc-not-associated")


def test_tls_1_1_is_refused(stack: Stack, parties: tuple[Party, Party]) -> None:
    """REFUSED in the handshake (EXI_PSC_24); the same client gets through by TLS 1.2."""
    party, _ = parties
    where = f"localhost:{stack.env['GUICHET_BENCH_PORT']}"
    identity = ["-cert", party.product.certificate, "-key", party.product.key]
    command = ["openssl", "s_client", "-connect", where, *identity]
    command += ["-cipher", "ALL:@SECLEVEL=0"]
    runs = {
        version: subprocess.run([*command, version], input=b"", capture_output=True, check=False)
        for version in ("-tls1_1", "-tls1_2")
    }
    assert b"protocol version" in runs["-tls1_1"].stderr
    assert runs["-tls1_1"].returncode != 0
    assert runs["-tls1_2"].returncode == 0


def test_a_revoked_certificate_is_refused_within_seconds(stack: Stack, tmp_path: Path) -> None:
    """REFUSED with the token it got before, five seconds after its holder revoked it."""
    party = declared(stack, "psc-c", obtain(stack, tmp_path))
    token = party.tokens("revoked")["access_token"]
    assert party.userinfo(token)[0] == 200
    call(stack, f"/products/{party.product.id}/revocation", {"reason": "superseded"})
    deadline = time.monotonic() + REFUSED_WITHIN_S
    while party.userinfo(token)[0] == 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    status, told = party.userinfo(token)
    assert (status, told["error"]) == (401, "invalid_token")
    assert told["guichet_diagnostic"][0]["code"] in {"bench-revoked", "psc-not-associated"}


def test_the_portal_logs_in_by_it(stack: Stack) -> None:
    """By e-CPS: the portal presents the certificate that the demo made for it."""
    context = ssl.create_default_context(cafile=stack.root)
    with httpx.Client(verify=context, trust_env=False) as browser:
        begun = browser.get(f"{stack.portal_url}/connexion/ecps/")
        chosen = httpx.post(begun.headers["Location"], data={"sub": "sophie"}, trust_env=False)
        entered = browser.get(chosen.headers["Location"])
        assert entered.status_code == 302, entered.text
        home = browser.get(f"{stack.portal_url}/", headers={"Accept-Language": "fr"})
    assert "Se déconnecter" in home.text

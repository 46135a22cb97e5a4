"""An OpenID Connect relying party for e-CPS (Pro Santé Connect and its like).

OpenID Connect Core 1.0 §3.1 (code flow), RFC 7636 (PKCE, S256). The identity comes from the
verified id_token; the userinfo answer completes it only when its `sub` is the same (§5.3.2).
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from guichet.domain.refusals import Code, Refusal

TIMEOUT_S: Final = 5.0
LEEWAY_S: Final = 30
ALGORITHMS: Final = ("RS256", "PS256", "ES256")
# Pro Santé Connect says SubjectNameID; the other two are usual elsewhere.
IDENTITY_CLAIMS: Final = ("SubjectNameID", "national_id", "preferred_username")


@dataclass(frozen=True, slots=True)
class Callback:
    """What came back by the browser, and what our session kept of the request."""

    code: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcClient:
    """One client at one issuer. Every method raises Refusal LOGIN_OIDC_FAILED/_UNAVAILABLE."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str

    def authorization_url(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where to send the browser."""
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid profile",
            "acr_values": "eidas1",
            "state": state,
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        endpoint = self._endpoint(self._metadata(), "authorization_endpoint")
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def national_id(self, callback: Callback, *, at: datetime) -> str:
        """Exchange the code, verify the id_token and tell the person's national identifier."""
        metadata = self._metadata()
        tokens = self._tokens(metadata, callback)
        claims = self._verified(metadata, str(tokens.get("id_token", "")), callback.nonce, at)
        if not any(name in claims for name in IDENTITY_CLAIMS):
            claims = claims | self._userinfo(metadata, tokens, claims)
        for name in IDENTITY_CLAIMS:
            if isinstance(claims.get(name), str) and claims[name]:
                return str(claims[name])
        raise Refusal(Code.LOGIN_OIDC_FAILED)

    def _metadata(self) -> Mapping[str, Any]:
        """Discovery §4.3: the issuer told must be the issuer asked."""
        found = _json(httpx.Request("GET", f"{self.issuer}/.well-known/openid-configuration"))
        if str(found.get("issuer", "")).rstrip("/") != self.issuer:
            raise Refusal(Code.LOGIN_OIDC_FAILED)
        return found

    def _endpoint(self, metadata: Mapping[str, Any], name: str) -> str:
        """An address told by the provider: over TLS, unless the issuer itself is without."""
        address = str(metadata.get(name, ""))
        allowed = ("https://",) if self.issuer.startswith("https:") else ("https://", "http://")
        if not address.startswith(allowed):
            raise Refusal(Code.LOGIN_OIDC_FAILED)
        return address

    def _tokens(self, metadata: Mapping[str, Any], callback: Callback) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": callback.code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": callback.verifier,
        }
        request = httpx.Request("POST", self._endpoint(metadata, "token_endpoint"), data=form)
        basic = httpx.BasicAuth(self.client_id, self.client_secret)
        return _json(request, basic)

    def _verified(
        self, metadata: Mapping[str, Any], id_token: str, nonce: str, at: datetime
    ) -> dict[str, Any]:
        """Core §3.1.3.7: signature, issuer, audience, times, nonce."""
        keys = _json(httpx.Request("GET", self._endpoint(metadata, "jwks_uri")))
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(at.timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": str(metadata["issuer"])},
            aud={"essential": True, "value": self.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            key_set = KeySet.import_key_set({"keys": keys.get("keys", [])})
            claims = jwt.decode(id_token, key_set, algorithms=list(ALGORITHMS)).claims
            registry.validate(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise Refusal(Code.LOGIN_OIDC_FAILED) from error
        self._require_sole_audience(claims)
        return dict(claims)

    def _require_sole_audience(self, claims: Mapping[str, Any]) -> None:
        """Core §3.1.3.7, 4 and 5: with several audiences, we must be the authorized party."""
        audience = claims["aud"]
        is_shared = isinstance(audience, list) and len(audience) > 1
        if (is_shared or "azp" in claims) and claims.get("azp") != self.client_id:
            raise Refusal(Code.LOGIN_OIDC_FAILED)

    def _userinfo(
        self, metadata: Mapping[str, Any], tokens: Mapping[str, Any], claims: Mapping[str, Any]
    ) -> dict[str, Any]:
        request = httpx.Request("GET", self._endpoint(metadata, "userinfo_endpoint"))
        request.headers["Authorization"] = f"Bearer {tokens.get('access_token', '')}"
        found = dict(_json(request))
        if found.get("sub") != claims["sub"]:
            raise Refusal(Code.LOGIN_OIDC_FAILED)
        return found


def _json(request: httpx.Request, auth: httpx.Auth | None = None) -> Mapping[str, Any]:
    """Send and read a JSON object; no redirection followed, no proxy taken from the environment."""
    try:
        with httpx.Client(timeout=TIMEOUT_S, trust_env=False) as client:
            answer = client.send(request, auth=auth)
    except httpx.HTTPError as error:
        raise Refusal(Code.LOGIN_OIDC_UNAVAILABLE) from error
    if answer.is_server_error:
        raise Refusal(Code.LOGIN_OIDC_UNAVAILABLE)
    try:
        found = answer.raise_for_status().json()
    except (httpx.HTTPStatusError, ValueError) as error:
        raise Refusal(Code.LOGIN_OIDC_FAILED) from error
    if not isinstance(found, dict):
        raise Refusal(Code.LOGIN_OIDC_FAILED)
    return found

"""An OpenID Connect relying party, for e-CPS (Pro Santé Connect), FranceConnect and their like.

OpenID Connect Core 1.0 §3.1 (code flow), RFC 7636 (PKCE, S256). The identity comes from the
verified id_token; the userinfo answer completes it only when its `sub` is the same (§5.3.2) and,
where it is a JWT, once its signature holds.
"""

import base64
import hashlib
import json
import logging
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from guichet.domain.refusals import Code, Refusal

log: Final = logging.getLogger(__name__)
TIMEOUT_S: Final = 5.0
LEEWAY_S: Final = 30
ALGORITHMS: Final = ("RS256", "PS256", "ES256")


@dataclass(frozen=True, slots=True)
class Callback:
    """What came back by the browser, and what our session kept of the request."""

    code: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class TlsIdentity:
    """What a client presents of itself in TLS, and whom it trusts there: PEM files, or none.

    `certificate` holds the key too. EXI_PSC_24 asks for TLS 1.2 and an ORG AUTH_CLI certificate.
    """

    certificate: Path | None
    roots: Path | None

    def context(self) -> ssl.SSLContext:
        """Read at each call, for certificates are renewed. Raises Refusal."""
        try:
            context = ssl.create_default_context(cafile=self.roots)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            if self.certificate is not None:
                context.load_cert_chain(self.certificate)
        except OSError as error:
            log.exception("the files of the TLS identity cannot be read: %s", self)
            raise Refusal(Code.LOGIN_OIDC_UNAVAILABLE) from error
        return context


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcClient:
    """One client at one issuer. Every method raises Refusal LOGIN_OIDC_FAILED/_UNAVAILABLE."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    scope: str
    identity: TlsIdentity | None = None
    claims_asked: tuple[str, ...] = ()

    def authorization_url(
        self, *, state: str, nonce: str, verifier: str, again: bool = False
    ) -> str:
        """Where to send the browser; `again`: the person logs in there anew (Core §3.1.2.1)."""
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "acr_values": "eidas1",
            "state": state,
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **({"prompt": "login"} if again else {}),
            **self._claims_wanted(),
        }
        endpoint = self._endpoint(self._metadata(), "authorization_endpoint")
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def _claims_wanted(self) -> dict[str, str]:
        """Core §5.5: claims of the id_token that come only when they are asked for."""
        if not self.claims_asked:
            return {}
        wanted = {name: {"essential": True} for name in self.claims_asked}
        return {"claims": json.dumps({"id_token": wanted})}

    def claims(
        self, callback: Callback, *, wanted: Collection[str], at: datetime
    ) -> Mapping[str, Any]:
        """Exchange the code and verify the id_token; userinfo completes it with what is wanted."""
        metadata = self._metadata()
        tokens = self._tokens(metadata, callback)
        id_token = str(tokens.get("id_token", ""))
        nonce = {"nonce": {"essential": True, "value": callback.nonce}}
        times = {"exp": {"essential": True}, "iat": {"essential": True}}
        claims = self._verified(metadata, id_token, at, **nonce, **times)
        if all(name in claims for name in wanted):
            return claims
        return claims | self._userinfo(metadata, tokens, claims, at)

    def _metadata(self) -> Mapping[str, Any]:
        """Discovery §4.3: the issuer told must be the issuer asked."""
        address = f"{self.issuer}/.well-known/openid-configuration"
        found = _json(self._send(httpx.Request("GET", address)))
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
        """Core §9: the secret goes in the header, or in the body where only that is offered."""
        form = {
            "grant_type": "authorization_code",
            "code": callback.code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": callback.verifier,
        }
        offered = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        basic = httpx.BasicAuth(self.client_id, self.client_secret)
        if "client_secret_basic" not in offered:
            form |= {"client_id": self.client_id, "client_secret": self.client_secret}
        address = self._endpoint(metadata, "token_endpoint")
        request = httpx.Request("POST", address, data=form)
        return _json(self._send(request, basic if "client_secret_basic" in offered else None))

    def _verified(
        self, metadata: Mapping[str, Any], token: str, at: datetime, **rules: Any
    ) -> dict[str, Any]:
        """Core §3.1.3.7: signature, issuer, audience, and the further `rules` of this token."""
        keys = _json(self._send(httpx.Request("GET", self._endpoint(metadata, "jwks_uri"))))
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(at.timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": str(metadata["issuer"])},
            aud={"essential": True, "value": self.client_id},
            sub={"essential": True},
            **rules,
        )
        try:
            key_set = KeySet.import_key_set({"keys": keys.get("keys", [])})
            claims = jwt.decode(token, key_set, algorithms=list(ALGORITHMS)).claims
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
        self,
        metadata: Mapping[str, Any],
        tokens: Mapping[str, Any],
        claims: Mapping[str, Any],
        at: datetime,
    ) -> dict[str, Any]:
        request = httpx.Request("GET", self._endpoint(metadata, "userinfo_endpoint"))
        request.headers["Authorization"] = f"Bearer {tokens.get('access_token', '')}"
        answer = self._send(request)
        is_signed = answer.headers.get("Content-Type", "").startswith("application/jwt")
        found = self._verified(metadata, answer.text, at) if is_signed else dict(_json(answer))
        if found.get("sub") != claims["sub"]:
            raise Refusal(Code.LOGIN_OIDC_FAILED)
        return found

    def _send(self, request: httpx.Request, auth: httpx.Auth | None = None) -> httpx.Response:
        """Over TLS, with this client's certificate where it has one."""
        if self.identity is None or request.url.scheme != "https":
            return _send(request, auth)
        return _send(request, auth, self.identity.context())


def _send(
    request: httpx.Request,
    auth: httpx.Auth | None = None,
    context: ssl.SSLContext | None = None,
) -> httpx.Response:
    """Send; no redirection followed, no proxy taken from the environment."""
    trusted = context or _public_roots()
    try:
        with httpx.Client(timeout=TIMEOUT_S, trust_env=False, verify=trusted) as client:
            answer = client.send(request, auth=auth)
    except httpx.HTTPError as error:
        raise Refusal(Code.LOGIN_OIDC_UNAVAILABLE) from error
    if answer.is_server_error:
        raise Refusal(Code.LOGIN_OIDC_UNAVAILABLE)
    if not answer.is_success:
        raise Refusal(Code.LOGIN_OIDC_FAILED)
    return answer


@cache
def _public_roots() -> ssl.SSLContext:
    """Those of httpx, which would read them again at each of the calls of a login."""
    return httpx.create_ssl_context(trust_env=False)


def _json(answer: httpx.Response) -> Mapping[str, Any]:
    """The JSON object of an answer."""
    try:
        found = answer.json()
    except ValueError as error:
        raise Refusal(Code.LOGIN_OIDC_FAILED) from error
    if not isinstance(found, dict):
        raise Refusal(Code.LOGIN_OIDC_FAILED)
    return found

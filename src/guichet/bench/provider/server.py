"""The provider itself: authlib's server over associations, people, one key and one store."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    InvalidRequestError,
    InvalidScopeError,
    ResourceProtector,
)
from authlib.oauth2.rfc6750 import BearerTokenValidator
from django.http import HttpRequest, HttpResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from guichet.bench.provider import endpoints, people
from guichet.bench.provider.associations import Associations
from guichet.bench.provider.clients import METHOD, SCOPES, Client, PeerRequest
from guichet.bench.provider.judgement import (
    Diagnosed,
    certificate_objections,
    client_objections,
    thumbprint,
)
from guichet.bench.provider.people import Person
from guichet.bench.provider.store import ACCESS_S, REFRESH_S, Kind, Login, Store, Token
from guichet.domain.refusals import Code as Refused
from guichet.domain.refusals import Objection
from guichet.identities.trust import TrustFolder, trust_folder

KEY_BITS: Final = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a provider is: addresses without a final slash, and the files that it reads.

    `issuer` is what browsers meet; `mutual` is where servers present their certificate.
    """

    issuer: str
    mutual: str
    published: Path
    state: Path
    environment: str


class Server(AuthorizationServer):  # type: ignore[misc]
    """RFC 6749 and OpenID Connect; every client proves itself by its certificate (RFC 8705)."""

    def __init__(self, place: Place) -> None:
        super().__init__(scopes_supported=list(SCOPES))
        self.place = place
        self.issuer = place.issuer
        self.store = Store()
        self.key = RSAKey.generate_key(KEY_BITS, auto_kid=True)
        self.key_set = KeySet([self.key])
        files = (place.published / "associations.json", own_services(place.state))
        self.associations = Associations(files, place.environment)
        self.register_client_auth_method(METHOD, self._authenticated)
        self.register_grant(
            endpoints.CodeGrant,
            [endpoints.SectorRules(), endpoints.Challenge(), endpoints.IdToken(self)],
        )
        self.register_grant(endpoints.RefreshGrant)
        for endpoint in (endpoints.Introspection, endpoints.Revocation, endpoints.EndSession):
            self.register_endpoint(endpoint)
        self._protector = ResourceProtector()
        self._protector.register_token_validator(BoundTokens(self))

    @cached_property
    def people(self) -> Mapping[str, Person]:
        """Who may be chosen, by key."""
        found = people.read(self.place.state / "demo" / "identities.json")
        return {person.key: person for person in found}

    @property
    def pages(self) -> str:
        """Where refusals are explained to developers."""
        return f"{self.place.mutual}/diagnostic/"

    @property
    def trust(self) -> TrustFolder:
        """Published authorities and lists."""
        return trust_folder(self.place.published)

    def query_client(self, client_id: str) -> Client | None:
        """The service of an identifier."""
        service = self.associations.service(client_id)
        return Client(service) if service else None

    def get_consent_grant(self, request: HttpRequest, end_user: Person | None = None) -> Any:
        """What an authorization request asks. Raises OAuth2Error."""
        try:
            return super().get_consent_grant(request, end_user)
        except ValueError as error:  # authlib refuses to repeat what no error may hold
            raise InvalidRequestError("A parameter holds a forbidden character") from error

    def _authenticated(
        self, query_client: Callable[[str], Client | None], request: PeerRequest
    ) -> Client | None:
        """The client that a certificate and a client_id make. Raises Diagnosed."""
        self.require_certificate(request, "invalid_client")
        given = request.credentials
        client = query_client(given.client_id)
        service = client.service if client else None
        found = client_objections(service, given, thumbprint(request.peer), request.at)
        if found:
            raise Diagnosed("invalid_client", found, pages=self.pages)
        return client

    def require_certificate(self, request: PeerRequest, error: str) -> None:
        """EXI_PSC_24, whoever the client is. Raises Diagnosed with that error."""
        if found := certificate_objections(request.peer, self.trust, request.at):
            raise Diagnosed(error, found, pages=self.pages)

    def is_still_bound(self, token: Token, at: datetime) -> bool:
        """Whether the client of a token is there, and still owns the certificate it is bound to."""
        service = self.associations.service(token.login.client_id)
        return service is not None and (
            token.kind == "refresh_token" or service.owns(token.thumbprint, at)
        )

    def protected(self, request: PeerRequest) -> Token:
        """The access token of a call, used with its own certificate. Raises OAuth2Error."""
        self.require_certificate(request, "invalid_token")
        token: Token = self._protector.validate_request(["openid"], request)
        return token

    def issue(self, request: PeerRequest, login: Login, scope: str) -> dict[str, Any]:
        """Tokens for whoever asks (RFC 6749 §5.1). Raises InvalidScopeError."""
        if "openid" not in scope.split():
            raise InvalidScopeError
        access = self._kept("access_token", request, login, scope)
        refresh = self._kept("refresh_token", request, login, scope)
        return {
            "token_type": "Bearer",
            "access_token": access,
            "expires_in": ACCESS_S,
            "refresh_token": refresh,
            "refresh_expires_in": REFRESH_S,
            "scope": scope,
        }

    def _kept(self, kind: Kind, request: PeerRequest, login: Login, scope: str) -> str:
        now = int(time.time())
        is_access = kind == "access_token"
        token = Token(
            kind=kind,
            login=login,
            scope=scope,
            thumbprint=thumbprint(request.peer) if is_access else "",
            issued_at=now,
            expires_at=now + (ACCESS_S if is_access else REFRESH_S),
        )
        header = {"alg": "RS256", "kid": self.key.kid, "typ": "at+jwt" if is_access else "rt+jwt"}
        value = jwt.encode(header, self._claims(token), self.key)
        self.store.keep_token(value, token)
        return value

    def _claims(self, token: Token) -> dict[str, Any]:
        """RFC 9068 §2.2 and RFC 8705 §3.1."""
        login, person = token.login, self.people[token.login.subject]
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": login.client_id,
            "sub": person.subject,
            "azp": login.client_id,
            "client_id": login.client_id,
            "iat": token.issued_at,
            "exp": token.expires_at,
            "auth_time": login.auth_time,
            "jti": token.jti,
            "sid": login.sid,
            "acr": endpoints.ACR,
            "scope": token.scope,
            "preferred_username": person.national_id,
        }
        return claims | ({"cnf": {"x5t#S256": token.thumbprint}} if token.thumbprint else {})

    def introspected(self, token: Token) -> dict[str, Any]:
        """What introspection tells of a live token."""
        person = self.people[token.login.subject]
        told = self._claims(token) | {
            "token_type": "Bearer",
            "typ": "Bearer" if token.kind == "access_token" else "Refresh",
            "nonce": token.login.nonce,
            "session_state": token.login.sid,
            "username": person.national_id,
        }
        is_access = token.kind == "access_token"
        return told | ({"SubjectNameID": person.national_id} if is_access else {})

    def userinfo(self, token: Token) -> dict[str, Any]:
        """What the scopes of a token let one read."""
        return people.userinfo(self.people[token.login.subject], token.scope.split())

    def save_token(self, token: dict[str, Any], request: PeerRequest) -> None:
        """Kept when it was made."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: HttpRequest | PeerRequest) -> PeerRequest:
        """Django's request as authlib reads it."""
        return request if isinstance(request, PeerRequest) else PeerRequest(request)

    def handle_error_response(
        self, request: PeerRequest | None, error: OAuth2Error
    ) -> HttpResponse:
        """An error of authlib as an answer."""
        answer: HttpResponse = super().handle_error_response(request, error)
        return answer

    def handle_response(
        self, status: int, body: Any, headers: list[tuple[str, str]]
    ) -> HttpResponse:
        """An answer of authlib as Django's."""
        content = json.dumps(body, ensure_ascii=False) if isinstance(body, dict) else body
        return HttpResponse(content, status=status, headers=dict(headers))


class BoundTokens(BearerTokenValidator):  # type: ignore[misc]
    """RFC 8705 §3: an access token is good with the certificate that asked for it, no other."""

    def __init__(self, server: Server) -> None:
        super().__init__(realm="psc")
        self._server = server

    def authenticate_token(self, token_string: str) -> Token | None:
        """By its value."""
        token = self._server.store.token(token_string)
        return token if token and token.kind == "access_token" else None

    def validate_token(self, token: Token | None, scopes: list[str], request: PeerRequest) -> None:
        """Raises OAuth2Error; Diagnosed where the certificate is not the one."""
        super().validate_token(token, scopes, request)
        if token is None:
            return
        wrong: list[Objection] = []
        if token.thumbprint != thumbprint(request.peer):
            wrong.append(Objection(Refused.PSC_TOKEN_BOUND))
        elif not self._server.is_still_bound(token, request.at):
            facts = (("client_id", token.login.client_id),)
            wrong.append(Objection(Refused.PSC_NOT_ASSOCIATED, facts))
        if wrong:
            raise Diagnosed("invalid_token", wrong, pages=self._server.pages)


def own_services(state: Path) -> Path:
    """The demo's own services, in the shape of the registry's file."""
    return state / "demo" / "psc" / "services.json"

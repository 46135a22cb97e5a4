"""authlib's grants and endpoints over the provider's store: who proves what, and what is given."""

import time
from typing import TYPE_CHECKING, Any, Final

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oidc.core import OpenIDCode
from authlib.oidc.rpinitiated import EndSessionEndpoint

from guichet.bench.provider import people
from guichet.bench.provider.clients import METHOD, Client, PeerRequest
from guichet.bench.provider.people import Person
from guichet.bench.provider.store import ACCESS_S, CODE_S, Code, Login, Token

if TYPE_CHECKING:
    from guichet.bench.provider.server import Server

ACR: Final = "eidas1"


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """The code flow (RFC 6749 §4.1): a code lives a minute and is worth its tokens once."""

    TOKEN_ENDPOINT_AUTH_METHODS = (METHOD,)
    server: "Server"
    request: PeerRequest

    def save_authorization_code(self, code: str, request: PeerRequest) -> None:
        """Keep what the request asked, beside its code."""
        asked = request.payload.data
        login = Login(
            client_id=request.client.get_client_id(),
            subject=request.user.key,
            scope=request.client.get_allowed_scope(request.payload.scope),
            nonce=asked["nonce"],
            auth_time=int(time.time()),
        )
        kept = Code(
            login=login,
            redirect_uri=request.payload.redirect_uri,
            code_challenge=asked.get("code_challenge", ""),
            code_challenge_method=asked.get("code_challenge_method", ""),
            expires_at=time.time() + CODE_S,
        )
        self.server.store.keep_code(code, kept)

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        """Once."""
        return self.server.store.take_code(code, client.get_client_id())

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """It stays, used, so that its return is noticed."""

    def authenticate_user(self, authorization_code: Code) -> Person | None:
        """Who was chosen."""
        return self.server.people.get(authorization_code.login.subject)

    def generate_token(self, scope: str = "", **_: Any) -> dict[str, Any]:
        """Tokens of this login, bound to the certificate presented."""
        return self.server.issue(self.request, self.request.authorization_code.login, scope)


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]
    """Refresh (RFC 6749 §6): each token serves once, with any certificate of its client.

    So a renewed certificate takes over: the new access token is bound to it (RFC 8705 §4).
    """

    TOKEN_ENDPOINT_AUTH_METHODS = (METHOD,)
    INCLUDE_NEW_REFRESH_TOKEN = True
    server: "Server"
    request: PeerRequest

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
        """Once."""
        client_id = self.request.client.get_client_id()
        return self.server.store.take_refresh(refresh_token, client_id)

    def authenticate_user(self, refresh_token: Token) -> Person | None:
        """Whose it is."""
        return self.server.people.get(refresh_token.login.subject)

    def revoke_old_credential(self, refresh_token: Token) -> None:
        """Done when it was taken."""

    def generate_token(self, scope: str = "", **_: Any) -> dict[str, Any]:
        """Tokens of the same login."""
        return self.server.issue(self.request, self.request.refresh_token.login, scope)


class SectorRules:
    """What Pro Santé Connect asks of every authorization request, told to the client by error."""

    def __call__(self, grant: CodeGrant) -> None:
        """Hook on, as authlib's extensions do."""
        grant.register_hook("after_validate_authorization_request_payload", self.check)

    def check(self, grant: CodeGrant, redirect_uri: str) -> None:
        """Raises InvalidRequestError; the browser takes it to the client."""
        asked = grant.request.payload.data
        method = asked.get("code_challenge_method")
        wrong = [
            said
            for said, is_wrong in {
                "scope holds openid": "openid" not in asked.get("scope", "").split(),
                f"acr_values={ACR} is required": ACR not in asked.get("acr_values", "").split(),
                "state is required": not asked.get("state"),
                "nonce is required": not asked.get("nonce"),
                "code_challenge_method is S256": "code_challenge" in asked and method != "S256",
                "EXI_PSC_22: client_secret never goes through a browser": "client_secret" in asked,
            }.items()
            if is_wrong
        ]
        if wrong:
            raise InvalidRequestError("; ".join(wrong), redirect_uri=redirect_uri)


class Challenge(CodeChallenge):  # type: ignore[misc]
    """PKCE, S256 alone; not required of a client that proves who it is by certificate."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)


class IdToken(OpenIDCode):  # type: ignore[misc]
    """The id_token, RS256 (OpenID Connect Core §2)."""

    DEFAULT_EXPIRES_IN = ACCESS_S

    def __init__(self, server: "Server") -> None:
        super().__init__(require_nonce=True)
        self._server = server

    def exists_nonce(self, nonce: str, request: PeerRequest) -> bool:
        """Whether the client already used it."""
        return self._server.store.knows_nonce(request.payload.client_id, nonce)

    def resolve_client_private_key(self, _: Client) -> Any:
        """The one key there is."""
        return self._server.key

    def get_encode_header(self, client: Client) -> dict[str, str]:
        """Names the key."""
        return {"alg": self.get_client_algorithm(client), "kid": self._server.key.kid}

    def get_client_claims(self, client: Client) -> dict[str, str]:
        """Who says it, to whom."""
        client_id = client.get_client_id()
        return {"iss": self._server.issuer, "aud": client_id, "azp": client_id}

    def get_authorization_code_claims(self, authorization_code: Code) -> dict[str, Any]:
        """Of the login; `sid` is what logout ends."""
        said: dict[str, Any] = super().get_authorization_code_claims(authorization_code)
        return said | {"sid": authorization_code.login.sid}

    def generate_user_info(self, user: Person, _scope: str) -> dict[str, Any]:
        """Names and the national identifier."""
        return people.identity(user)


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]
    """RFC 7662: any associated service may ask, as an API does of tokens that clients bring it."""

    CLIENT_AUTH_METHODS = (METHOD,)
    server: "Server"

    def query_token(self, token_string: str, _token_type_hint: str | None) -> Token | None:
        """By its value, whatever the hint."""
        return self.server.store.token(token_string)

    def check_permission(self, token: Token, _client: Client, request: PeerRequest) -> bool:
        """A token dies with the association of its certificate."""
        return self.server.is_still_bound(token, request.at)

    def introspect_token(self, token: Token) -> dict[str, Any]:
        """§2.2, with what Pro Santé Connect adds; `cnf` is for the caller to compare."""
        return self.server.introspected(token)


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    """RFC 7009: a client revokes what it was given."""

    CLIENT_AUTH_METHODS = (METHOD,)
    server: "Server"

    def query_token(self, token_string: str, _token_type_hint: str | None) -> Token | None:
        """By its value, whatever the hint."""
        return self.server.store.token(token_string)

    def revoke_token(self, token: Token, _request: PeerRequest) -> None:
        """And its login with it, when it is what refreshes."""
        self.server.store.end_token(token)


class EndSession(EndSessionEndpoint):  # type: ignore[misc]
    """Logout that a client asks for (OpenID Connect RP-Initiated Logout 1.0)."""

    server: "Server"

    def get_server_jwks(self) -> Any:
        """Of the id_token given as a hint."""
        return self.server.key_set

    def get_algorithms(self) -> list[str]:
        """The one that signs."""
        return ["RS256"]

    def end_session(self, end_session_request: Any) -> None:
        """Every token of that login."""
        claims = end_session_request.id_token_claims or {}
        if sid := claims.get("sid"):
            self.server.store.end_login(str(sid))

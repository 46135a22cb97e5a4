"""What the provider remembers: codes and tokens of logins, in memory, bounded, forgotten at end."""

import hashlib
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, Literal, Protocol, TypeVar

from authlib.oauth2.rfc6749 import TokenMixin
from authlib.oidc.core import AuthorizationCodeMixin

CODES_AT_MOST: Final = 1_000
TOKENS_AT_MOST: Final = 10_000
CODE_S: Final = 60
ACCESS_S: Final = 300
REFRESH_S: Final = 1_800
Kind = Literal["access_token", "refresh_token"]
V = TypeVar("V")


class TokenOwner(Protocol):
    """What a token asks of a client."""

    def get_client_id(self) -> str:
        """Its identifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """One login: whose, for which client, what was asked. Times are seconds since 1970."""

    client_id: str
    subject: str
    scope: str
    nonce: str
    auth_time: int
    sid: str = field(default_factory=lambda: secrets.token_urlsafe(16))


@dataclass(slots=True, kw_only=True)
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """An authorization code, as authlib asks about it (RFC 6749 §4.1.2)."""

    login: Login
    redirect_uri: str
    code_challenge: str
    code_challenge_method: str
    expires_at: float
    is_used: bool = False

    def get_redirect_uri(self) -> str:
        """Where the code went; the token request names it again."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """What was asked."""
        return self.login.scope

    def get_nonce(self) -> str:
        """Of the authorization request."""
        return self.login.nonce

    def get_auth_time(self) -> int:
        """When the person was chosen."""
        return self.login.auth_time

    def get_acr(self) -> str:
        """The one level there is."""
        return "eidas1"

    def get_amr(self) -> None:
        """Not told."""


@dataclass(slots=True, kw_only=True)
class Token(TokenMixin):  # type: ignore[misc]
    """A token, as authlib asks about it. `thumbprint` binds an access token (RFC 8705 §3)."""

    kind: Kind
    login: Login
    scope: str
    thumbprint: str
    issued_at: int
    expires_at: int
    jti: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    is_ended: bool = False

    def check_client(self, client: TokenOwner) -> bool:
        """Whether it was issued to this client."""
        return bool(client.get_client_id() == self.login.client_id)

    def get_scope(self) -> str:
        """What it opens."""
        return self.scope

    def get_expires_in(self) -> int:
        """Its whole life, in seconds."""
        return self.expires_at - self.issued_at

    def is_expired(self) -> bool:
        """Whether its time is over."""
        return time.time() >= self.expires_at

    def is_revoked(self) -> bool:
        """Revoked, replaced by another, or of a login that ended."""
        return self.is_ended


class Store:
    """Codes and tokens by the digest of their value; the oldest give way to new ones."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._codes: OrderedDict[str, Code] = OrderedDict()
        self._tokens: OrderedDict[str, Token] = OrderedDict()

    def keep_code(self, value: str, code: Code) -> None:
        """Remember a code that goes out."""
        with self._lock:
            _keep(self._codes, value, code, CODES_AT_MOST)

    def take_code(self, value: str, client_id: str) -> Code | None:
        """A code of this client, once; whoever brings it again ends its login (RFC 6749 §4.1.2)."""
        with self._lock:
            code = self._codes.get(_digest(value))
            if code is None or code.login.client_id != client_id:
                return None
            if code.is_used:
                self._end(code.login.sid)
                return None
            code.is_used = True
            return code if time.time() < code.expires_at else None

    def knows_nonce(self, client_id: str, nonce: str) -> bool:
        """Whether a code already went out for it."""
        with self._lock:
            logins = [code.login for code in self._codes.values()]
        return any(one.client_id == client_id and one.nonce == nonce for one in logins)

    def keep_token(self, value: str, token: Token) -> None:
        """Remember a token that goes out."""
        with self._lock:
            _keep(self._tokens, value, token, TOKENS_AT_MOST)

    def token(self, value: str) -> Token | None:
        """The token of a value, ended or not."""
        with self._lock:
            return self._tokens.get(_digest(value))

    def take_refresh(self, value: str, client_id: str) -> Token | None:
        """A refresh token of this client, once; brought again, it ends its login (RFC 9700 §4.14).

        What was replaced and comes back was copied: nobody can tell which of the two is the thief.
        """
        with self._lock:
            token = self._tokens.get(_digest(value))
            if token is None or token.kind != "refresh_token":
                return None
            if token.login.client_id != client_id or token.is_expired():
                return None
            if token.is_ended:
                self._end(token.login.sid)
                return None
            token.is_ended = True
            return token

    def end_token(self, token: Token) -> None:
        """Revoke one token, and with a refresh token all those of its login (RFC 7009 §2.1)."""
        with self._lock:
            token.is_ended = True
            if token.kind == "refresh_token":
                self._end(token.login.sid)

    def end_login(self, sid: str) -> None:
        """Revoke whatever a login gave."""
        with self._lock:
            self._end(sid)

    def _end(self, sid: str) -> None:
        for code in self._codes.values():
            code.is_used = code.is_used or code.login.sid == sid
        for token in self._tokens.values():
            token.is_ended = token.is_ended or token.login.sid == sid


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def _keep(kept: OrderedDict[str, V], value: str, what: V, at_most: int) -> None:
    kept[_digest(value)] = what
    while len(kept) > at_most:
        kept.popitem(last=False)

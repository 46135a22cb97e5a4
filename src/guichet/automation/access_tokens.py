"""OAuth access tokens of machines: short-lived, signed, and good with one certificate alone.

A JWT of the media type at+jwt (RFC 9068), whose `cnf` names the certificate it was given to
(RFC 8705 §3.1). Nothing of it is stored: it never gives more than its certificate gives that day.
"""

from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.utils.crypto import salted_hmac
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from guichet.automation.policy import policy
from guichet.domain.machines import Verb
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor

ALGORITHM: Final = "HS256"
TYPE: Final = "at+jwt"
AUDIENCE: Final = "/api/v1/"


def issue(account: str, verbs: frozenset[Verb], certificate: bytes, at: datetime) -> str:
    """A token for the account that presented this certificate (DER), good for ApiPolicy's time."""
    issued = int(at.timestamp())
    claims = {
        "iss": settings.GUICHET.card_url,
        "aud": f"{settings.GUICHET.card_url}{AUDIENCE}",
        "sub": account,
        "client_id": account,
        "scope": " ".join(sorted(verbs)),
        "iat": issued,
        "exp": issued + int(policy().token_life.total_seconds()),
        "jti": str(uuid4()),
        "cnf": {"x5t#S256": thumbprint(certificate)},
    }
    return jwt.encode({"alg": ALGORITHM, "typ": TYPE}, claims, _key(), algorithms=[ALGORITHM])


def narrowed(token: str, actor: Actor, certificate: bytes, at: datetime) -> Actor:
    """The machine that this certificate lets in, limited to what the token allows.

    Raises Refusal(ACCESS_TOKEN_WRONG): unreadable, expired, or given to another certificate.
    """
    claims = _read(token)
    scope = actor.machine
    is_its_own = (
        scope is not None
        and claims.get("sub") == scope.account
        and claims.get("cnf") == {"x5t#S256": thumbprint(certificate)}
        and claims.get("aud") == f"{settings.GUICHET.card_url}{AUDIENCE}"
    )
    expires = claims.get("exp")
    is_alive = isinstance(expires, int) and at.timestamp() < expires
    if scope is None or not is_its_own or not is_alive:
        raise Refusal(Code.ACCESS_TOKEN_WRONG)
    allowed = frozenset(str(claims.get("scope", "")).split())
    verbs = frozenset(verb for verb in scope.verbs if verb.value in allowed)
    return replace(actor, machine=replace(scope, verbs=verbs))


def thumbprint(certificate: bytes) -> str:
    """x5t#S256 of a DER certificate: SHA-256, base64url without padding (RFC 8705 §3.1)."""
    return urlsafe_b64encode(sha256(certificate).digest()).rstrip(b"=").decode()


def client(text: str) -> UUID | None:
    """The machine account that a client_id names; None for what is no account's key."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _read(token: str) -> dict[str, Any]:
    try:
        read = jwt.decode(token, _key(), algorithms=[ALGORITHM])
    except (JoseError, ValueError) as error:
        raise Refusal(Code.ACCESS_TOKEN_WRONG) from error
    return read.claims if read.header.get("typ") == TYPE else {}


def _key() -> OctKey:
    derived = salted_hmac("automation.access-token", "1", algorithm="sha256").digest()
    return OctKey.import_key(derived)

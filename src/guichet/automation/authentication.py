"""Who calls: a card or a machine, by its certificate or by a token. Cookies count for nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security.base import AuthBase

from guichet.automation import access_tokens, certificates
from guichet.domain.machines import Verb, require_verbs
from guichet.domain.refusals import Code, Refusal
from guichet.identities import machines
from guichet.identities.access import actor_of_peer
from guichet.identities.actors import Actor
from guichet.identities.peer import listener_of, peer_of
from guichet.web.requests import is_same_origin

CARD: Final = "card"
BEARER: Final = "bearer"
TOKEN_PREFIX: Final = "gut_"  # noqa: S105 the first characters of one
CHANNEL: Final = "api"
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
NOTED: Final = "recognised"


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who calls, and by what: `credential` names the card or the machine's credential."""

    actor: Actor
    credential: str


class MachineToken(AuthBase):
    """A token made on the page of a machine account, on both ports."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = "Token of a machine account (gut_…), on the portal or the card port."

    def __call__(self, request: HttpRequest) -> Actor | None:
        """The token's machine; None when no token was sent. Raises Refusal."""
        return recognised(request).actor if bearer_of(request) is not None else None


class MachineOAuth(AuthBase):
    """An access token of the card port's token endpoint, with the certificate it was given to."""

    openapi_type = "oauth2"
    openapi_description = "Access token bound to the machine's certificate (RFC 8705)."
    openapi_flows: Final[dict[str, Any]] = {
        "clientCredentials": {
            "tokenUrl": f"{settings.GUICHET.card_url}/api/v1/oauth/token",
            "scopes": {verb.value: f"May {verb.value}" for verb in Verb},
        }
    }

    def __call__(self, request: HttpRequest) -> Actor | None:
        """Nobody else than MachineToken lets in: both are read from the same header."""
        return None


class ClientCertificate(AuthBase):
    """The certificate of a card, or one bound to a machine account, on the card port alone."""

    openapi_type = "mutualTLS"
    openapi_description = (
        "Certificate of a CPx card, or ORG/AUTH_CLI certificate bound to a machine account, "
        "presented to the card port."
    )

    def __call__(self, request: HttpRequest) -> Actor:
        """Who presented it. Raises Refusal (API_CARD_REQUIRED on the portal, CARD_…)."""
        return recognised(request).actor


def caller(request: HttpRequest, verb: Verb) -> Actor:
    """The actor that was recognised, who may do this. Raises Refusal(VERB_MISSING)."""
    actor = cast("Actor", request.auth)  # type: ignore[attr-defined]
    if actor.machine is not None:
        require_verbs(actor.machine, verb)
    return actor


def card_holder(request: HttpRequest) -> Actor:
    """The actor that was recognised, who is nobody's machine. Raises Refusal(CARD_CALL_ONLY)."""
    actor = cast("Actor", request.auth)  # type: ignore[attr-defined]
    if actor.machine is not None:
        raise Refusal(Code.CARD_CALL_ONLY)
    return actor


def recognised(request: HttpRequest) -> Recognised:
    """Who calls, found once a request. Raises Refusal of status 401, or 503 to try again."""
    found: Recognised | None = getattr(request, NOTED, None)
    if found is None:
        at: datetime = getattr(request, "received_at", None) or timezone.now()
        token = bearer_of(request)
        found = _by_certificate(request, at) if token is None else _by_token(request, token, at)
        setattr(request, NOTED, found)
    return found


def bearer_of(request: HttpRequest) -> str | None:
    """The token of the Authorization header (RFC 6750 §2.1); None when there is none."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == BEARER else None


def machine_of_peer(request: HttpRequest, at: datetime) -> machines.Entered | None:
    """The machine whose certificate was presented; None on the portal, and for other ones."""
    peer = peer_of(request) if listener_of(request) == CARD else None
    return certificates.enter(peer.chain, channel=CHANNEL, at=at) if peer else None


def _by_token(request: HttpRequest, token: str, at: datetime) -> Recognised:
    if token.startswith(TOKEN_PREFIX):
        entered = machines.enter_by_token(token, at=at)
        return Recognised(entered.actor, f"credential:{entered.credential}")
    bound, peer = machine_of_peer(request, at), peer_of(request)
    if bound is None or peer is None:
        raise Refusal(Code.ACCESS_TOKEN_WRONG)
    actor = access_tokens.narrowed(token, bound.actor, peer.chain[0], at)
    return Recognised(actor, f"credential:{bound.credential}")


def _by_certificate(request: HttpRequest, at: datetime) -> Recognised:
    if listener_of(request) != CARD:
        raise Refusal(Code.API_CARD_REQUIRED, address=f"{settings.GUICHET.card_url}/api/v1/")
    # A browser presents the certificate that was once chosen for whatever page calls (CSRF).
    if request.method not in READING and not is_same_origin(request):
        raise Refusal(Code.CALL_OF_ANOTHER_SITE)
    entered = machine_of_peer(request, at)
    if entered is not None:
        return Recognised(entered.actor, f"credential:{entered.credential}")
    try:
        actor = actor_of_peer(request)
    except Refusal as refusal:
        if refusal.code is Code.CARD_NOT_A_CARD and _is_software(request, at):
            raise Refusal(Code.CLIENT_CERTIFICATE_UNBOUND) from refusal
        raise
    return Recognised(actor, actor.ref)


def _is_software(request: HttpRequest, at: datetime) -> bool:
    """Whether what was presented is a valid certificate of ours, of no card."""
    peer = peer_of(request)
    try:
        certificates.require_good(peer.chain if peer else (), at)
    except Refusal:
        return False
    return True

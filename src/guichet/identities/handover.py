"""The login under way: secrets that wait in the portal's session between two browser steps."""

import secrets
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from guichet.domain.refusals import Code, Refusal

CARD_KEY: Final = "identities.card-login"
ECPS_KEY: Final = "identities.ecps-login"


@dataclass(frozen=True, slots=True)
class CardLogin:
    """A card login begun in this session: its nonce and the path to go to afterwards."""

    nonce: str
    suite: str


@dataclass(frozen=True, slots=True)
class EcpsLogin:
    """An e-CPS login begun in this session (RFC 6749 §10.12, RFC 7636 §4.1, OIDC nonce)."""

    state: str
    nonce: str
    verifier: str
    suite: str


def begin_card(request: HttpRequest, suite: str) -> CardLogin:
    """Start a card login; an earlier one of the same session is forgotten."""
    begun = CardLogin(secrets.token_urlsafe(32), suite)
    request.session[CARD_KEY] = [begun.nonce, begun.suite]
    return begun


def take_card(request: HttpRequest) -> CardLogin:
    """The card login under way, once. Raises Refusal LOGIN_TICKET_INVALID when there is none."""
    waiting = request.session.pop(CARD_KEY, None)
    if waiting is None:
        raise Refusal(Code.LOGIN_TICKET_INVALID)
    return CardLogin(*waiting)


def begin_ecps(request: HttpRequest, suite: str) -> EcpsLogin:
    """Start an e-CPS login; the verifier has 256 bits of entropy."""
    begun = EcpsLogin(
        secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), suite
    )
    request.session[ECPS_KEY] = [begun.state, begun.nonce, begun.verifier, begun.suite]
    return begun


def take_ecps(request: HttpRequest) -> EcpsLogin:
    """The e-CPS login under way, once. Raises Refusal LOGIN_OIDC_FAILED when there is none."""
    waiting = request.session.pop(ECPS_KEY, None)
    if waiting is None:
        raise Refusal(Code.LOGIN_OIDC_FAILED)
    return EcpsLogin(*waiting)

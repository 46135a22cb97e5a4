"""The login under way: secrets that wait in the portal's session between two browser steps."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest

from guichet.domain.refusals import Code, Refusal
from guichet.identities.operations import ExternalPerson

CARD_KEY: Final = "identities.card-login"
OIDC_KEY: Final = "identities.oidc-login"
NEWCOMER_KEY: Final = "identities.newcomer"
SIGN_UP_KEY: Final = "identities.sign-up"
SHOWN_CARD_KEY: Final = "identities.shown-card"
NEWCOMER_LIFE: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class CardLogin:
    """A card login begun in this session: its nonce and the path to go to afterwards.

    `linking` is the account, logged in already, that the card is to be attached to.
    """

    nonce: str
    suite: str
    linking: int | None = None


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card that opened its own account in this session, and waits for a word to be attached."""

    account_id: int
    linking: int
    number: str
    since: str


@dataclass(frozen=True, slots=True)
class OidcLogin:
    """An OpenID Connect login begun in this session (RFC 6749 §10.12, RFC 7636 §4.1, nonce).

    `linking` is the account, logged in already, that the identity will be linked to; `again`
    tells that the person was to log in there anew.
    """

    provider: str
    state: str
    nonce: str
    verifier: str
    suite: str
    linking: int | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A provider's person whose address a local account has: linked by its password, or apart."""

    person: ExternalPerson
    suite: str
    since: str


@dataclass(frozen=True, slots=True)
class SignUp:
    """A sign-up made in this session: what binds its link to this browser, and where to go."""

    nonce: str
    suite: str


def begin_card(request: HttpRequest, suite: str, *, linking: int | None = None) -> CardLogin:
    """Start a card login; an earlier one of the same session is forgotten."""
    begun = CardLogin(secrets.token_urlsafe(32), suite, linking)
    request.session[CARD_KEY] = [begun.nonce, begun.suite, begun.linking]
    return begun


def take_card(request: HttpRequest) -> CardLogin:
    """The card login under way, once. Raises Refusal LOGIN_TICKET_INVALID when there is none."""
    waiting = request.session.pop(CARD_KEY, None)
    if waiting is None:
        raise Refusal(Code.LOGIN_TICKET_INVALID)
    return CardLogin(*waiting)


def keep_shown_card(request: HttpRequest, shown: ShownCard) -> None:
    """Keep a card until its holder says whether to attach it."""
    request.session[SHOWN_CARD_KEY] = asdict(shown)


def shown_card(request: HttpRequest, account_id: int, at: datetime) -> ShownCard:
    """The card that waits to be attached to this account.

    Raises Refusal LOGIN_TICKET_INVALID when there is none, since too long, or for another account.
    """
    waiting = request.session.get(SHOWN_CARD_KEY)
    found = ShownCard(**waiting) if waiting else None
    if found is None or at - datetime.fromisoformat(found.since) > NEWCOMER_LIFE:
        raise Refusal(Code.LOGIN_TICKET_INVALID)
    if found.linking != account_id:
        raise Refusal(Code.LOGIN_TICKET_INVALID)
    return found


def forget_shown_card(request: HttpRequest) -> None:
    """The choice is made."""
    request.session.pop(SHOWN_CARD_KEY, None)


def begin_oidc(
    request: HttpRequest,
    provider: str,
    suite: str,
    *,
    linking: int | None = None,
    again: bool = False,
) -> OidcLogin:
    """Start a login at a provider; the verifier has 256 bits of entropy."""
    begun = OidcLogin(
        provider=provider,
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        suite=suite,
        linking=linking,
        again=again,
    )
    request.session[OIDC_KEY] = asdict(begun)
    return begun


def take_oidc(request: HttpRequest, provider: str) -> OidcLogin:
    """The login under way at this provider, once. Raises Refusal LOGIN_OIDC_FAILED otherwise."""
    waiting = request.session.pop(OIDC_KEY, None)
    if waiting is None or waiting["provider"] != provider:
        raise Refusal(Code.LOGIN_OIDC_FAILED)
    return OidcLogin(**waiting)


def keep_newcomer(request: HttpRequest, newcomer: Newcomer) -> None:
    """Keep a verified person until they say whether the local account is theirs."""
    request.session[NEWCOMER_KEY] = asdict(newcomer)


def newcomer(request: HttpRequest, provider: str, at: datetime) -> Newcomer:
    """The person of a provider who waits in this session.

    Raises Refusal LOGIN_OIDC_FAILED when there is none, or since too long.
    """
    waiting = request.session.get(NEWCOMER_KEY)
    if waiting is None or at - datetime.fromisoformat(waiting["since"]) > NEWCOMER_LIFE:
        request.session.pop(NEWCOMER_KEY, None)
        raise Refusal(Code.LOGIN_OIDC_FAILED)
    person = ExternalPerson(**waiting["person"])
    if person.provider != provider:
        raise Refusal(Code.LOGIN_OIDC_FAILED)
    return Newcomer(person, waiting["suite"], waiting["since"])


def forget_newcomer(request: HttpRequest) -> None:
    """The choice is made."""
    request.session.pop(NEWCOMER_KEY, None)


def keep_sign_up(request: HttpRequest, kept: SignUp) -> None:
    """Keep what will tell this browser from another when the link is followed."""
    request.session[SIGN_UP_KEY] = [kept.nonce, kept.suite]


def sign_up(request: HttpRequest) -> SignUp:
    """The sign-up made in this session; an empty one elsewhere."""
    return SignUp(*request.session.get(SIGN_UP_KEY, ("", "/")))


def forget_sign_up(request: HttpRequest) -> None:
    """The address is confirmed."""
    request.session.pop(SIGN_UP_KEY, None)

"""What a session remembers of its login, and how it is opened, checked again and ended.

A session ends after 30 idle minutes (Django's cookie age) and, whatever happens, twelve hours
after its login.
"""

import base64
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth import login, logout, update_session_auth_hash
from django.db.models import Q
from django.http import HttpRequest

from guichet.domain.refusals import Code, Refusal
from guichet.identities import cards, operations
from guichet.identities.actors import STRONG_LOGINS, Actor, AuthenticatedBy, Establishment
from guichet.identities.backends import VerifiedIdentityBackend
from guichet.identities.models import Account, Card
from guichet.identities.operations import LoggedIn
from guichet.identities.queries import actor_of

BACKEND: Final = f"{VerifiedIdentityBackend.__module__}.{VerifiedIdentityBackend.__qualname__}"
BY: Final = "identities.by"
CARD_DER: Final = "identities.card"
SINCE: Final = "identities.since"
ESTABLISHMENT: Final = "identities.establishment"
AT_MOST: Final = timedelta(hours=12)


def open_by_card(request: HttpRequest, logged_in: LoggedIn, *, at: datetime) -> None:
    """Log in with a redeemed card ticket; the session's key changes, what was typed stays."""
    account = _account(logged_in.account_id, Code.CARD_UNKNOWN)
    _open(request, account, "card", at)
    request.session[CARD_DER] = base64.b64encode(logged_in.certificate).decode()
    operations.note_login(actor=logged_in.card, account=str(account), by="card", at=at)


def open_without_card(
    request: HttpRequest, account_id: int, *, by: AuthenticatedBy, at: datetime
) -> None:
    """Log in with a verified OpenID Connect identity, or with a password that was checked."""
    account = _account(account_id, Code.ACCOUNT_UNKNOWN)
    _open(request, account, by, at)
    operations.note_login(actor=str(account), account=str(account), by=by, at=at)


def keep_establishment(request: HttpRequest, proved: Establishment | None) -> None:
    """Remember until the session ends where its person was proved to work, or forget it."""
    request.session.pop(ESTABLISHMENT, None)
    if proved is not None:
        request.session[ESTABLISHMENT] = [proved.siret, proved.proved_at.isoformat()]


def close(request: HttpRequest) -> None:
    """End the session and everything it kept."""
    logout(request)


def go_on(request: HttpRequest, account_id: int) -> None:
    """Keep this session, alone, through the change of its account's password."""
    update_session_auth_hash(request, _account(account_id, Code.ACCOUNT_UNKNOWN))


def actor_of_session(request: HttpRequest, at: datetime) -> Actor | None:
    """Who the session belongs to; a card's certificate is verified again each time.

    Raises Refusal CARD_* when the card no longer opens anything, LOGIN_REQUIRED when the login is
    too old.
    """
    account = request.user
    if not isinstance(account, Account):
        return None
    if at - _since(request, at) >= AT_MOST:
        raise Refusal(Code.LOGIN_REQUIRED)
    by: AuthenticatedBy = request.session.get(BY, "ecps")
    if by == "card":
        der = base64.b64decode(request.session[CARD_DER])
        recognised = cards.recognise((der,), at)
        if recognised.account_id != account.pk:
            raise Refusal(Code.CARD_UNKNOWN)
        card: Card | None = Card.objects.get(pk=recognised.card_id)
    else:
        card = _open_card(account, at) if by in STRONG_LOGINS else None
    return actor_of(account, card, by, _establishment(request))


def _open(request: HttpRequest, account: Account, by: AuthenticatedBy, at: datetime) -> None:
    login(request, account, backend=BACKEND)
    request.session[BY] = by
    request.session[SINCE] = at.isoformat()
    request.session.pop(CARD_DER, None)
    keep_establishment(request, None)


def _establishment(request: HttpRequest) -> Establishment | None:
    kept = request.session.get(ESTABLISHMENT)
    return Establishment(kept[0], datetime.fromisoformat(kept[1])) if kept else None


def _since(request: HttpRequest, at: datetime) -> datetime:
    """When the login took place; a session that does not know counts from now on."""
    return datetime.fromisoformat(request.session.setdefault(SINCE, at.isoformat()))


def _account(account_id: int, otherwise: Code) -> Account:
    account = Account.objects.filter(pk=account_id, is_active=True).first()
    if account is None:
        raise Refusal(otherwise)
    return account


def _open_card(account: Account, at: datetime) -> Card | None:
    """The card whose rights an e-CPS login uses: the newest that is open."""
    is_open = Q(opened_at__lte=at) & (Q(ended_at__isnull=True) | Q(ended_at__gt=at))
    return account.cards.filter(is_open).order_by("-opened_at", "-pk").first()

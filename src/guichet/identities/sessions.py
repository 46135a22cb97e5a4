"""What a session remembers of its login, and how it is opened, checked again and ended.

A session ends after it was idle for a while and, whatever happens, some hours after its login:
domain.access.sessions tells how long, which is shorter for who works at the counter.
"""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.db.models import BigAutoField
from django.http import HttpRequest

from guichet.database.prepared import Given, Prepared
from guichet.domain.access.sessions import PEOPLE, Limits, limits_of
from guichet.domain.refusals import Code, Refusal
from guichet.identities import browsers, cards, operations
from guichet.identities.actors import (
    STRONG_LOGINS,
    Actor,
    AuthenticatedBy,
    Establishment,
    Proof,
)
from guichet.identities.backends import VerifiedIdentityBackend
from guichet.identities.models import Account, Card
from guichet.identities.operations import LoggedIn
from guichet.identities.queries import actor_of

BACKEND: Final = f"{VerifiedIdentityBackend.__module__}.{VerifiedIdentityBackend.__qualname__}"
BY: Final = "identities.by"
CARD_DER: Final = "identities.card"
SINCE: Final = "identities.since"
ESTABLISHMENT: Final = "identities.establishment"
PROVED: Final = "identities.proved"
SECOND_FACTOR: Final = "identities.second-factor"
SEEN: Final = "identities.seen"
NOTED: Final = timedelta(seconds=30)
"""A session ends up to this much before its idle time is over, and never after."""
EVER: Final = datetime.min.replace(tzinfo=UTC)
_CARDS: Final = Prepared(lambda: Card.objects.filter(account_id=Given(0, BigAutoField())))


def open_by_card(request: HttpRequest, logged_in: LoggedIn, *, at: datetime) -> None:
    """Log in with a redeemed card ticket; the session's key changes, what was typed stays."""
    account = _account(logged_in.account_id, Code.CARD_UNKNOWN)
    _open(request, account, "card", at)
    request.session[CARD_DER] = base64.b64encode(logged_in.certificate).decode()
    operations.note_login(actor=logged_in.card, account=str(account), by="card", at=at)
    operations.keep_open_session(account=account, by="card", at=at, **_browser(request))


def open_without_card(
    request: HttpRequest,
    account_id: int,
    *,
    by: AuthenticatedBy,
    at: datetime,
    proof: Proof | None = None,
) -> None:
    """Log in with a verified OpenID Connect identity, or with a password that was checked.

    `proof` is what the provider says of the login itself; without any, it took place `at`.
    """
    account = _account(account_id, Code.ACCOUNT_UNKNOWN)
    _open(request, account, by, at)
    if proof is not None:
        request.session[SECOND_FACTOR] = proof.second_factor
        request.session[PROVED] = proof.at.isoformat() if proof.at else ""
    operations.note_login(actor=str(account), account=str(account), by=by, at=at)
    operations.keep_open_session(account=account, by=by, at=at, **_browser(request))


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
    before = request.session.session_key or ""
    update_session_auth_hash(request, _account(account_id, Code.ACCOUNT_UNKNOWN))
    operations.rename_open_session(before=before, after=request.session.session_key or "")


def actor_of_session(request: HttpRequest, at: datetime) -> Actor | None:
    """Who the session belongs to; a card's certificate is verified again each time.

    Raises Refusal CARD_* when the card no longer opens anything, LOGIN_REQUIRED when the login is
    too old.
    """
    account = request.user
    if not isinstance(account, Account):
        _keep_unnamed(request, at)
        return None
    since = _since(request, at)
    by: AuthenticatedBy = request.session.get(BY, "ecps")
    if by == "card":
        der = base64.b64decode(request.session[CARD_DER])
        recognised = cards.recognise((der,), at)
        if recognised.account_id != account.pk:
            raise Refusal(Code.CARD_UNKNOWN)
        card: Card | None = Card.objects.get(pk=recognised.card_id)
    else:
        card = _open_card(account, at) if by in STRONG_LOGINS else None
    actor = actor_of(account, card, by, _proof(request, since), at)
    limits = limits_of(actor.roles, settings.GUICHET_STAFF_SESSIONS)
    if at - since >= limits.at_most:
        raise Refusal(Code.LOGIN_REQUIRED)
    _go_on(request, limits, at)
    return actor


def note_use(request: HttpRequest, at: datetime) -> None:
    """Count idle time anew from this instant."""
    request.session[SEEN] = at.isoformat()


def ends_at(request: HttpRequest, actor: Actor, at: datetime) -> tuple[datetime, datetime]:
    """When the session ends if nothing is asked for, and when it ends whatever is."""
    limits = limits_of(actor.roles, settings.GUICHET_STAFF_SESSIONS)
    last = _since(request, at) + limits.at_most
    return min(_seen(request, at) + limits.idle, last), last


def _open(request: HttpRequest, account: Account, by: AuthenticatedBy, at: datetime) -> None:
    before = request.session.session_key
    login(request, account, backend=BACKEND)
    if request.session.session_key == before:  # Django keeps the key of who logs in again
        request.session.cycle_key()
    request.session[BY] = by
    request.session[SINCE] = at.isoformat()
    for name in (CARD_DER, PROVED, SECOND_FACTOR):
        request.session.pop(name, None)
    keep_establishment(request, None)


def _browser(request: HttpRequest) -> Mapping[str, Any]:
    """The new session's key, and what the browser says that it is."""
    if request.session.session_key is None:
        request.session.save()
    browser = browsers.named(request.headers.get("User-Agent", ""))
    return {"session_key": request.session.session_key, "browser": browser}


def _proof(request: HttpRequest, since: datetime) -> Proof:
    """What is known of the login; one of a card or of a password proved who it was by itself."""
    proved = request.session.get(PROVED)
    at = since if proved is None else datetime.fromisoformat(proved) if proved else None
    return Proof(_establishment(request), bool(request.session.get(SECOND_FACTOR)), at)


def _keep_unnamed(request: HttpRequest, at: datetime) -> None:
    """Who signs up, or will log in again, keeps what the session holds while they go on.

    Where nothing is kept no session begins.
    """
    is_empty = request.session.is_empty()
    if not is_empty and at - _since(request, at) < PEOPLE.at_most:
        _go_on(request, PEOPLE, at)


def _go_on(request: HttpRequest, limits: Limits, at: datetime) -> None:
    """Have the session end after so much idle time; Django's own setting is that of people.

    Written at most every NOTED: a page that only reads then waits for nobody who writes.
    """
    seconds = int(limits.idle.total_seconds())
    is_limited = request.session.get("_session_expiry") == seconds
    if is_limited and timedelta(0) <= at - _seen(request, EVER) < NOTED:
        return
    request.session.set_expiry(seconds)
    note_use(request, at)


def _seen(request: HttpRequest, otherwise: datetime) -> datetime:
    """From when idle time is counted: within NOTED of the last request."""
    noted = request.session.get(SEEN)
    return datetime.fromisoformat(noted) if noted else otherwise


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
    """The card whose rights an e-CPS login uses: the newest that is open.

    Every page asks, and people have few cards: all of them are read.
    """
    held = (
        card
        for card in _CARDS.all(account.pk)
        if card.opened_at <= at and (card.ended_at is None or at < card.ended_at)
    )
    return max(held, key=lambda card: (card.opened_at, card.pk), default=None)

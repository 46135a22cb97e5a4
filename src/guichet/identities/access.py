"""Who may enter a view: decorators for people, and the peer's card for services."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, Final, ParamSpec, cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from guichet.domain.access.sessions import FRESH, is_fresh
from guichet.domain.duties import CARRIED_BY, Duty, reads_only
from guichet.domain.refusals import Code, Refusal
from guichet.identities import cards, operations, queries
from guichet.identities.actors import Actor
from guichet.identities.cards import RecognisedCard
from guichet.identities.peer import peer_of
from guichet.web import resume
from guichet.web.requests import path_within, prefers_json
from guichet.web.resume import LoginRequired

P = ParamSpec("P")


class VisitorRequest(HttpRequest):
    """A request once every middleware has run; nobody may be logged in."""

    actor: Actor | None
    received_at: datetime


class ActorRequest(HttpRequest):
    """A request whose view is behind one of the decorators below.

    `place` is the path that the header's navigation goes by, where it is not the page's own.
    """

    actor: Actor
    received_at: datetime
    place: str


SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
PREFERENCE: Final = "is_own_preference"
ROLES_TOLD: Final = "roles_admitted"
View = Callable[Concatenate[ActorRequest, P], HttpResponseBase]
OpenView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def login_required(view: View[P]) -> OpenView[P]:
    """The view runs for somebody logged in; LoginRequired otherwise."""
    return _guarded(view, lambda actor: None)


def card_required(view: View[P]) -> OpenView[P]:
    """As login_required, and the login leads to a card: its number carries the rights."""
    return _guarded(view, _require_card)


def role_required(*roles: str) -> Callable[[View[P]], OpenView[P]]:
    """As login_required, and the actor holds one of `roles`; ROLE_MISSING otherwise."""

    def check(actor: Actor) -> None:
        if not actor.is_a(*roles):
            raise Refusal(Code.ROLE_MISSING)

    return lambda view: _guarded(view, check, roles=frozenset(roles))


def duty_required(duty: Duty) -> Callable[[View[P]], OpenView[P]]:
    """As login_required, and one of the actor's roles carries `duty`; ROLE_MISSING otherwise."""

    def check(actor: Actor) -> None:
        if not actor.may(duty):
            raise Refusal(Code.ROLE_MISSING)

    return lambda view: _guarded(view, check, roles=CARRIED_BY[duty])


def own_preference(view: OpenView[P]) -> OpenView[P]:
    """What the view keeps is the person's own, an auditor's too: a list that they saved."""
    setattr(view, PREFERENCE, True)
    return view


def fresh_login_required(
    *, within: timedelta = FRESH, back: str = ""
) -> Callable[[View[P]], View[P]]:
    """A sensitive act: the actor proved who they are lately, or is asked to do so again.

    To be put under one of the decorators above. What a form carried waits for the page that one
    comes back to (web.resume.typed): the one that sent it, or the address named `back` where that
    one answers no GET. A program is refused with LOGIN_NOT_FRESH.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(
            request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if is_fresh(request.actor.proved_at, request.received_at, within):
                return view(request, *args, **kwargs)
            if prefers_json(request):
                raise Refusal(Code.LOGIN_NOT_FRESH)
            return _ask_again(request, reverse(back) if back else "")

        return guarded

    return decorate


def _ask_again(request: HttpRequest, back: str) -> HttpResponseRedirect:
    """To the page that asks for a new login, and from there back to the form that was sent."""
    resume.keep(request)
    path = request.get_full_path()
    if request.method == "POST":
        path = back or path_within(request, request.headers.get("Referer"), path)
    return HttpResponseRedirect(f"{settings.LOGIN_URL}confirmer/?{urlencode({'next': path})}")


def card_of_peer(request: HttpRequest, *, may_be_new: bool = False) -> RecognisedCard:
    """The card presented at the TLS handshake of this very request.

    `may_be_new`: the new card of somebody known is registered on the way. Raises Refusal CARD_*
    (CARD_ABSENT on a port that asks for no certificate); every refusal of a presented
    certificate is journalled.
    """
    peer = peer_of(request)
    chain = peer.chain if peer else ()
    at: datetime = getattr(request, "received_at", None) or timezone.now()
    try:
        return cards.recognise(chain, at)
    except Refusal as refusal:
        if may_be_new and _register(chain, refusal, at):
            return cards.recognise(chain, at)
        operations.note_refused_card(chain, refusal, at=at)
        raise


def actor_of_peer(request: HttpRequest) -> Actor:
    """Who presented that card: for APIs on the card port, without session or cookie.

    Raises Refusal CARD_*, and AUDITOR_READS_ONLY for what would change something.
    """
    actor = queries.actor_of_card(card_of_peer(request).card_id)
    if request.method not in SAFE_METHODS and reads_only(actor.roles):
        raise Refusal(Code.AUDITOR_READS_ONLY)
    return actor


def _register(chain: Sequence[bytes], refusal: Refusal, at: datetime) -> bool:
    """Whether a genuine card that was unknown is now matched to its holder's account."""
    if refusal.code is not Code.CARD_UNKNOWN:
        return False
    number = str(refusal.facts["card"])
    return operations.register_new_card(chain=chain, number=number, at=at)


def _require_card(actor: Actor) -> None:
    if actor.card_number is None:
        raise Refusal(Code.ROLE_MISSING)


def _guarded(
    view: View[P], check: Callable[[Actor], None], *, roles: frozenset[str] = frozenset()
) -> OpenView[P]:
    """`roles` are told on the view as ROLES_TOLD, so that who may enter where can be listed."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None:
            raise LoginRequired
        check(actor)
        return view(cast("ActorRequest", request), *args, **kwargs)

    setattr(guarded, ROLES_TOLD, roles)
    return guarded

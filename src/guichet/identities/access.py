"""Who may enter a view: decorators for people, and the peer's card for services."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from guichet.domain.duties import Duty
from guichet.domain.refusals import Code, Refusal
from guichet.identities import cards, operations, queries
from guichet.identities.actors import Actor
from guichet.identities.cards import RecognisedCard
from guichet.identities.peer import peer_of
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

    return lambda view: _guarded(view, check)


def duty_required(duty: Duty) -> Callable[[View[P]], OpenView[P]]:
    """As login_required, and one of the actor's roles carries `duty`; ROLE_MISSING otherwise."""

    def check(actor: Actor) -> None:
        if not actor.may(duty):
            raise Refusal(Code.ROLE_MISSING)

    return lambda view: _guarded(view, check)


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
    """Who presented that card: for APIs on the card port, without session or cookie."""
    return queries.actor_of_card(card_of_peer(request).card_id)


def _register(chain: Sequence[bytes], refusal: Refusal, at: datetime) -> bool:
    """Whether a genuine card that was unknown is now matched to its holder's account."""
    if refusal.code is not Code.CARD_UNKNOWN:
        return False
    number = str(refusal.facts["card"])
    return operations.register_new_card(chain=chain, number=number, at=at)


def _require_card(actor: Actor) -> None:
    if actor.card_number is None:
        raise Refusal(Code.ROLE_MISSING)


def _guarded(view: View[P], check: Callable[[Actor], None]) -> OpenView[P]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None:
            raise LoginRequired
        check(actor)
        return view(cast("ActorRequest", request), *args, **kwargs)

    return guarded

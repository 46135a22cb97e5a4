"""A request to ACME: who signs it, that it is meant for this address, and used once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, Final, ParamSpec

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from josepy.jwk import JWK

from guichet.automation.acme import accounts, addresses, envelope, nonces, problems
from guichet.automation.acme.envelope import Envelope
from guichet.automation.acme.problems import Problem
from guichet.automation.models import AcmeAccount
from guichet.domain.machines import Verb, require_verbs
from guichet.domain.refusals import Refusal
from guichet.identities.actors import Actor
from guichet.web import watching

P = ParamSpec("P")
CONTENT_TYPE: Final = "application/jose+json"


@dataclass(frozen=True, slots=True)
class Signed:
    """A message whose signature, address and nonce were verified."""

    envelope: Envelope
    key: JWK
    url: str
    at: datetime

    @property
    def is_get(self) -> bool:
        """POST-as-GET (RFC 8555 §6.3): an empty payload."""
        return self.envelope.payload == b""

    def content(self) -> Mapping[str, Any]:
        """The payload. Raises Problem malformed: no JSON object, or a POST-as-GET."""
        return self.envelope.content()


@dataclass(frozen=True, slots=True)
class Asked(Signed):
    """A verified message of an open account, and the machine account it acts for."""

    account: AcmeAccount
    actor: Actor

    def require(self, *verbs: Verb) -> None:
        """Raises Refusal(VERB_MISSING) for the first that the machine account lacks."""
        require_verbs(self.actor.machine, *verbs)

    def require_get(self) -> None:
        """Raises Problem malformed unless it is a POST-as-GET."""
        if not self.is_get:
            raise Problem("malformed", _("Lisez cette ressource par un POST au contenu vide."))


SignedView = Callable[Concatenate[HttpRequest, Signed, P], HttpResponse]
AccountView = Callable[Concatenate[HttpRequest, Asked, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def by_key(view: SignedView[P]) -> View[P]:
    """The view receives a message signed by the key that it carries ("jwk")."""

    @wraps(view)
    def received(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        message = _envelope(request)
        return view(request, _signed_by_its_key(request, message), *args, **kwargs)

    return _entrance(received)


def by_account(view: AccountView[P]) -> View[P]:
    """The view receives a message signed by an account ("kid"), which is open."""

    @wraps(view)
    def received(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        message = _envelope(request)
        return view(request, _signed_by_an_account(request, message), *args, **kwargs)

    return _entrance(received)


def by_either(view: SignedView[P]) -> View[P]:
    """The view receives an Asked when an account signs, a Signed when a key of its own does."""

    @wraps(view)
    def received(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        message = _envelope(request)
        read = _signed_by_its_key if message.kid is None else _signed_by_an_account
        return view(request, read(request, message), *args, **kwargs)

    return _entrance(received)


def answered(view: View[P]) -> View[P]:
    """What every answer of ACME carries, and what goes wrong as a problem document."""

    @wraps(view)
    def answering(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Problem as problem:
            response = problems.response(problem)
        except Refusal as refusal:
            watching.tell(request, refusal)
            response = problems.response(problems.problem_of(refusal))
        response["Replay-Nonce"] = nonces.fresh(timezone.now())
        links = [f'<{addresses.url("directory")}>;rel="index"', response.get("Link", "")]
        response["Link"] = ", ".join(filter(None, links))
        return response

    return answering


def _entrance(view: View[P]) -> View[P]:
    return csrf_exempt(require_POST(answered(view)))


def _envelope(request: HttpRequest) -> Envelope:
    if request.content_type != CONTENT_TYPE:
        status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        raise Problem("malformed", _("Envoyez un message application/jose+json."), status)
    try:
        octets = request.body
    except RequestDataTooBig as error:
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        raise Problem("malformed", _("Ce message est trop long."), status) from error
    except UnreadablePostError as error:
        raise Problem("malformed", _("Ce message n’est pas arrivé en entier.")) from error
    return envelope.read(octets)


def _signed_by_its_key(request: HttpRequest, message: Envelope) -> Signed:
    if message.kid is not None:
        raise Problem("malformed", _("Ce message est signé par sa propre clé (jwk)."))
    key = message.own_key()
    return _verified(request, message, key)


def _signed_by_an_account(request: HttpRequest, message: Envelope) -> Asked:
    if message.kid is None:
        raise Problem("malformed", _("Ce message est signé par un compte (kid)."))
    account, key = accounts.signing(message.kid)
    found = _verified(request, message, key)
    actor = accounts.actor_of(account, found.at)
    return Asked(found.envelope, found.key, found.url, found.at, account, actor)


def _verified(request: HttpRequest, message: Envelope, key: JWK) -> Signed:
    """The signature first: nobody without a key makes us store a nonce."""
    url, at = f"{settings.GUICHET.portal_url}{request.path}", timezone.now()
    if request.META.get("QUERY_STRING"):
        url = f"{url}?{request.META['QUERY_STRING']}"
    message.verify(key)
    if message.header.get("url") != url:
        detail = _("Ce message est signé pour une autre adresse.")
        raise Problem("unauthorized", detail, HTTPStatus.FORBIDDEN)
    nonce = message.header.get("nonce")
    if not isinstance(nonce, str):
        raise Problem("badNonce", _("Ce message ne porte pas de jeton anti-rejeu (nonce)."))
    nonces.spend(nonce, at)
    return Signed(message, key, url, at)


def own(found: Any, account: AcmeAccount) -> Any:
    """A row of this account. Raises Problem malformed, 404: what others have is unknown."""
    if found is None or found.account_id != account.pk:
        raise unknown()
    return found


def unknown() -> Problem:
    """What is not there, or not the account's to see."""
    detail = _("Cette ressource n’existe pas. Repartez de l’annuaire ACME (/acme/directory).")
    return Problem("malformed", detail, HTTPStatus.NOT_FOUND)

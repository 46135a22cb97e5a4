"""Everything that goes wrong becomes a problem document (RFC 9457)."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from guichet.automation import searching
from guichet.automation.authentication import bearer_of
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.web import watching
from guichet.web.problem import plain_problem, problem

CODES: Final[Mapping[str, Code]] = {
    "missing": Code.FIELD_MISSING,
    "extra_forbidden": Code.FIELD_UNEXPECTED,
}
OBJECTIONS_AT_MOST: Final = 20
REALM: Final = 'Bearer realm="guichet"'


def _refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    watching.tell(request, refusal)
    answer = problem(refusal, request)
    if challenge := _challenge(request, refusal, answer.status_code):
        answer["WWW-Authenticate"] = challenge
    return answer


def _challenge(request: HttpRequest, refusal: Refusal, status: int) -> str:
    """What RFC 9110 §11.6.1 and RFC 6750 §3 want said; a certificate is asked for by TLS alone."""
    has_token = bearer_of(request) is not None
    if status == HTTPStatus.UNAUTHORIZED:
        return f'{REALM}, error="invalid_token"' if has_token else REALM
    if refusal.code is Code.VERB_MISSING and has_token:
        return f'{REALM}, error="insufficient_scope", scope="{refusal.facts["verb"]}"'
    return ""


def _shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Fields that are missing, unknown or of the wrong kind: one objection each."""
    shapes = (_objection(item) for item in error.errors[:OBJECTIONS_AT_MOST])
    found = (*searching.objections(request), *shapes)
    return problem(Refusal(found[0].code, all=found), request)


def _objection(error: Mapping[str, Any]) -> Objection:
    place = [str(part) for part in error.get("loc", ())]
    field = ".".join(place[2:] or place[1:]) or "body"
    code = CODES.get(str(error.get("type")), Code.REQUEST_MALFORMED)
    return Objection(code, (("field", field[:80]), ("problem", str(error.get("msg", ""))[:200])))


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    """The library's own: a body that is not JSON."""
    malformed = Objection(Code.REQUEST_MALFORMED, (("field", "body"),))
    found = (*searching.objections(request), malformed)
    return problem(Refusal(found[0].code, all=found), request)


def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return plain_problem(404, _("Adresse inconnue de l’API"), request)


def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem(Refusal(Code.REQUEST_TOO_LARGE), request)


def _unreadable(request: HttpRequest, error: UnreadablePostError) -> HttpResponse:
    return problem(Refusal(Code.REQUEST_MALFORMED, field="body"), request)


HANDLERS: Final[Mapping[type[Exception], Callable[..., HttpResponse]]] = {
    Refusal: _refusal,
    ValidationError: _shape,
    HttpError: _http,
    Http404: _not_found,
    RequestDataTooBig: _too_large,
    UnreadablePostError: _unreadable,
}


def install(api: NinjaAPI) -> None:
    """Register the handlers; a fault of ours goes on to Django's own handler."""
    for kind, handler in HANDLERS.items():
        api.add_exception_handler(kind, handler)

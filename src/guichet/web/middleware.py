"""What every request gets: an instant, a name, a log line; and what becomes of a Refusal."""

import secrets
import time
from http import HTTPStatus

import structlog
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from guichet.domain.refusals import Code, Refusal
from guichet.web import logs, metrics, oauth, once, plain, resume, traces, waits, watching
from guichet.web.middleware_types import GetResponse, Response
from guichet.web.problem import plain_problem, problem
from guichet.web.refusal_texts import explain_all
from guichet.web.requests import prefers_json

log = structlog.get_logger("guichet.web")
REQUEST_ID = "X-Request-Id"


class RequestContextMiddleware:
    """Gives the request `received_at` (aware, UTC) and `id`; counts it, logs it, traces it.

    The identifier that a proxy gave is kept; processes.application drops one that a client sends.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Response:
        """Answers carry X-Request-Id; unless a view says otherwise they are not stored."""
        given = request.headers.get(REQUEST_ID, "")
        request_id = given if logs.is_request_id(given) else secrets.token_hex(8)
        request.received_at = timezone.now()  # type: ignore[attr-defined]
        request.id = request_id  # type: ignore[attr-defined]
        told = traces.span("request", request_id=request_id)
        with once.while_reading(request.method), logs.within(request_id), told as span:
            response = self._answered(request)
            span.set_attribute("http.route", metrics.route_of(request))
            span.set_attribute("http.response.status_code", response.status_code)
        response[REQUEST_ID] = request_id
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response

    def _answered(self, request: HttpRequest) -> Response:
        """The answer, once counted and told in one line that names its route, not its address."""
        started = time.perf_counter()
        response = self.get_response(request)
        elapsed = time.perf_counter() - started
        metrics.observe(request, response.status_code, elapsed)
        log.info(
            "request",
            request_id=request.id,  # type: ignore[attr-defined]
            listener=metrics.listener_of(request),
            method=request.method,
            route=metrics.route_of(request),
            status=response.status_code,
            milliseconds=round(elapsed * 1000, 1),
        )
        return response


class RefusalMiddleware:
    """Turns a Refusal raised by a view into a page or a problem document; a wrong method too.

    What is to be tried again later says when, also a form that came back.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Response:
        """Views and libraries answer 405 by nothing, or by a line of HTML."""
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return wrong_method(request, response.get("Allow", ""))
        waits.tell(request, response)
        return response

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """No page is at an address with a NUL, which PostgreSQL takes in no text: 404."""
        if "\0" in request.path:
            raise Http404

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """The answer to a Refusal, and to a body that was cut; None lets any other fault go on."""
        if isinstance(fault, UnreadablePostError):
            fault = Refusal(Code.REQUEST_MALFORMED, field="body")
        return answer(fault, request) if isinstance(fault, Refusal) else None


def wrong_method(request: HttpRequest, allowed: str) -> HttpResponse:
    """405, with the methods that the address has (RFC 9110 §15.5.6)."""
    status, title = HTTPStatus.METHOD_NOT_ALLOWED, _("Méthode non permise")
    response: HttpResponse
    if plain.is_spoken(request):
        response = plain.wrong_method(status)
    elif oauth.is_spoken(request):
        response = oauth.failed(status)
    elif prefers_json(request):
        response = plain_problem(status, title, request)
    else:
        context = {"status": int(status), "title": title}
        response = render(request, "web/error.html", context, status=status)
    response["Allow"] = _with_head(allowed)
    return response


def _with_head(allowed: str) -> str:
    """Methods in order; where GET is, HEAD is (RFC 9110 §9.3.2), also where a library forgot it."""
    found = {name.strip() for name in allowed.split(",")} - {""}
    return ", ".join(sorted(found | ({"HEAD"} if "GET" in found else set())))


def answer(refusal: Refusal, request: HttpRequest) -> HttpResponse:
    """The page of a refusal, or its problem document for programs."""
    watching.tell(request, refusal)
    if plain.is_spoken(request):
        return plain.refused(refusal)
    if oauth.is_spoken(request):
        return oauth.refused(refusal)
    if prefers_json(request):
        return problem(refusal, request)
    if refusal.code is Code.LOGIN_REQUIRED:
        return resume.send_to_login(request)
    explained = explain_all(refusal)
    context = {"explained": explained, "first": explained[0]}
    return render(request, "web/refused.html", context, status=explained[0].status)

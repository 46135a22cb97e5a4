"""Home and legal pages, the list of refusals, health, languages and themes, and what goes wrong."""

import sys
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    UnreadablePostError,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language as django_set_language

from guichet.domain.refusals import Code, Refusal
from guichet.web import health, home, metrics, oauth, resume, showcase, waits
from guichet.web.context import THEME_COOKIE, THEMES
from guichet.web.middleware import answer
from guichet.web.problem import plain_problem
from guichet.web.refusal_texts import every_code
from guichet.web.requests import path_within, prefers_json

YEAR_SECONDS = 365 * 24 * 3600
LOOPBACK = frozenset({"127.0.0.1", "::1", ""})


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    """The counter: what this person may do, or what the place is for."""
    return render(request, "web/home.html", {"sections": home.sections(request)})


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Liveness: this process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Readiness: 200 when everything needed answers, else 503 and what is wrong."""
    checks = health.checks(timezone.now())
    ready = all(value == "ok" for value in checks.values())
    body = {"status": "ok" if ready else "unready", "checks": checks}
    return JsonResponse(body, status=200 if ready else 503)


@require_safe
def show_metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures, for callers on this machine alone."""
    local = request.META.get("REMOTE_ADDR", "") in LOOPBACK
    if not local or "X-Forwarded-For" in request.headers:
        return permission_denied(request, None)
    return HttpResponse(metrics.exposition(), content_type="text/plain; version=0.0.4")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """French or English, kept in a cookie for a year."""
    response = django_set_language(request)
    if settings.LANGUAGE_COOKIE_NAME in response.cookies:
        response.cookies[settings.LANGUAGE_COOKIE_NAME]["max-age"] = YEAR_SECONDS
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system says, kept in a cookie for a year."""
    back = request.POST.get("next") or request.headers.get("Referer")
    response = HttpResponseRedirect(path_within(request, back))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE, theme, max_age=YEAR_SECONDS, secure=True, httponly=True, samesite="Lax"
        )
    return response


@require_safe
def show_refusals(request: HttpRequest) -> HttpResponse:
    """Every refusal, with what to do: the types of our problem documents lead here."""
    return render(request, "web/refusals.html", {"refusals": every_code()})


@require_safe
def show_legal(request: HttpRequest) -> HttpResponse:
    """Legal notice and conditions."""
    return render(request, "web/legal.html")


@require_safe
def show_accessibility(request: HttpRequest) -> HttpResponse:
    """What was checked, what is known to be missing, and whom to tell."""
    return render(request, "web/accessibility.html")


@require_safe
def show_style(request: HttpRequest) -> HttpResponse:
    """Every component, on one page, in the demo."""
    if not settings.GUICHET.demo:
        raise Http404
    return render(request, "web/style.html", showcase.context(request))


def bad_request(request: HttpRequest, exception: Exception | None) -> HttpResponse:
    """400, or 413 for more text than a form holds."""
    if isinstance(exception, RequestDataTooBig):
        return answer(Refusal(Code.REQUEST_TOO_LARGE), request)
    return _error(request, HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None) -> HttpResponse:
    """403."""
    return _error(request, HTTPStatus.FORBIDDEN)


def page_not_found(request: HttpRequest, exception: Exception | None) -> HttpResponse:
    """404."""
    return _error(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the database cannot be reached; neither page needs it."""
    fault = sys.exception()
    if isinstance(fault, InterfaceError | OperationalError):
        return _fault(
            request, HTTPStatus.SERVICE_UNAVAILABLE, _("Service momentanément indisponible")
        )
    return _fault(request, HTTPStatus.INTERNAL_SERVER_ERROR, _("Une erreur est survenue"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token; what was typed waits for the next try."""
    if prefers_json(request):
        return plain_problem(403, _("Formulaire périmé"), request)
    try:
        kept = resume.keep(request)
    except UnreadablePostError:
        return _error(request, HTTPStatus.BAD_REQUEST)
    return render(
        request, "web/stale_form.html", {"kept": kept, "again": request.get_full_path()}, status=403
    )


def _error(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    titles = {
        HTTPStatus.BAD_REQUEST: _("Demande mal formée"),
        HTTPStatus.FORBIDDEN: _("Accès refusé"),
        HTTPStatus.NOT_FOUND: _("Page introuvable"),
    }
    if oauth.is_spoken(request):
        return oauth.failed(status)
    if prefers_json(request):
        return plain_problem(status, titles[status], request)
    context = {"status": int(status), "title": titles[status]}
    return render(request, "web/error.html", context, status=status)


def _fault(request: HttpRequest, status: HTTPStatus, title: str) -> HttpResponse:
    """A page that asks nothing of what may have failed: no context, no account, no list."""
    if oauth.is_spoken(request):
        return oauth.failed(status)
    if prefers_json(request):
        return plain_problem(status, title, request)
    theme = request.COOKIES.get(THEME_COOKIE, "")
    context = {
        "status": int(status),
        "title": title,
        "theme": theme if theme in THEMES[1:] else "",
        "request_id": getattr(request, "id", ""),
        "again": request.get_full_path() if request.method == "GET" else "/",
    }
    response = HttpResponse(render_to_string("web/fault.html", context), status=status)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = str(waits.RETRY_AFTER_S[status])
    return response

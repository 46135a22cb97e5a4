"""Addresses of the tests: views that refuse, fail, or ask for a login."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from guichet.domain.refusals import Code, Objection, Refusal
from guichet.web import resume


def refuse(request: HttpRequest, code: str) -> HttpResponse:
    raise Refusal(Code(code), bits=1024, minimum=2048)


def refuse_twice(request: HttpRequest) -> HttpResponse:
    found = (
        Objection(Code.KEY_TOO_SHORT, (("bits", 1024), ("minimum", 2048), ("field", "csr"))),
        Objection(Code.CSR_SIGNATURE),
    )
    raise Refusal(Code.KEY_TOO_SHORT, all=found)


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


def deny(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def suspect(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation


def step(request: HttpRequest) -> HttpResponse:
    """A form behind login: POST needs `request.session["in"]`, GET gives what waits."""
    if not request.session.get("in"):
        raise resume.LoginRequired
    waiting = resume.typed(request)
    if request.method == "GET":
        return HttpResponse(waiting.urlencode() if waiting else "nothing")
    return HttpResponse("done")


def enter(request: HttpRequest) -> HttpResponse:
    request.session.cycle_key()
    request.session["in"] = True
    return HttpResponse("in")


urlpatterns = [
    path("", include("guichet.web.urls")),
    path("refuse/<str:code>/", refuse),
    path("refuse-twice/", refuse_twice),
    path("api/refuse/<str:code>/", refuse),
    path("api/fail/", fail),
    path("fail/", fail),
    path("deny/", deny),
    path("suspect/", suspect),
    path("etape/3/", step),
    path("api/etape/3/", step),
    path("entrer/", enter),
]
handler400 = "guichet.web.views.bad_request"
handler403 = "guichet.web.views.permission_denied"
handler404 = "guichet.web.views.page_not_found"
handler500 = "guichet.web.views.server_error"

"""Errors at addresses where clients speak OAuth 2: JSON with an `error`, never a page.

RFC 6749 §5.2, which RFC 7009 §2.2.1 and RFC 7662 §2.3 take up.
"""

from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, JsonResponse

from guichet.domain.refusals import Refusal
from guichet.web.refusal_texts import explain_all

# What programs alone call: of the demo's Pro Santé Connect, and of the API.
ENDPOINTS: Final = frozenset(
    {
        "/psc/token",
        "/psc/userinfo",
        "/psc/introspect",
        "/psc/revoke",
        "/certs",
        "/.well-known/openid-configuration",
        "/api/v1/oauth/token",
    }
)
BUSY: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
RETRY_AFTER_S: Final = 120


def is_spoken(request: HttpRequest) -> bool:
    """Whether the answer is for a client of OAuth, whatever it says that it accepts."""
    return request.path in ENDPOINTS


def refused(refusal: Refusal) -> JsonResponse:
    """A refusal; its code is the description, for one holds ASCII alone."""
    found = failed(explain_all(refusal)[0].status, refusal.code.value)
    if "seconds" in refusal.facts:
        found["Retry-After"] = str(refusal.facts["seconds"])
    return found


def failed(status: int, why: str = "") -> JsonResponse:
    """An error of HTTP's own; `why` is ASCII without quotes, the words of the status by default."""
    error = "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request"
    if status in BUSY:
        error = "temporarily_unavailable"
    told = {"error": error, "error_description": why or HTTPStatus(status).phrase}
    response = JsonResponse(told, status=status)
    if status in BUSY:
        response["Retry-After"] = str(RETRY_AFTER_S)
    return response

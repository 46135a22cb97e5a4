"""Problem documents (RFC 9457)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from guichet.domain.refusals import Refusal
from guichet.web.refusal_texts import Explained, explain_all

CONTENT_TYPE = "application/problem+json"


def problem(refusal: Refusal, request: HttpRequest) -> JsonResponse:
    """The problem document of a refusal, every objection in it (RFC 9457 §3)."""
    explained = explain_all(refusal)
    first = explained[0]
    body = {
        "type": f"{settings.GUICHET.portal_url}/aide/refus/#{first.code}",
        "title": first.title,
        "status": first.status,
        "detail": first.detail,
        "code": first.code.value,
        "remedy": first.remedy,
        "objections": [
            _member(words, objection.mapping)
            for words, objection in zip(explained, refusal.all, strict=True)
        ],
    }
    return _answer(body, request)


def plain_problem(status: int, title: str, request: HttpRequest) -> JsonResponse:
    """A problem that HTTP alone explains: its type is about:blank (RFC 9457 §4.2.1)."""
    return _answer({"type": "about:blank", "title": title, "status": status}, request)


def _member(words: Explained, facts: Any) -> dict[str, Any]:
    return {
        "code": words.code.value,
        "title": words.title,
        "detail": words.detail,
        "remedy": words.remedy,
        "facts": dict(facts),
    }


def _answer(body: dict[str, Any], request: HttpRequest) -> JsonResponse:
    body["instance"] = f"{request.path}#{getattr(request, 'id', '')}"
    response = JsonResponse(
        body,
        status=body["status"],
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
    if body["status"] == 503:
        response["Retry-After"] = "120"
    return response

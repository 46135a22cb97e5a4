"""One diagnosis, three forms: a page, JSON, lines for a terminal."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language

FORMS: Final = ("html", "json", "text")
JSON_STYLE: Final = {"ensure_ascii": False, "indent": 2}


def asked_form(request: HttpRequest) -> str:
    """?format= decides; else what is accepted: HTML, plain text, or JSON for everything else."""
    asked = request.GET.get("format")
    if asked in FORMS:
        return asked
    accepted = request.headers.get("Accept", "")
    if "text/html" in accepted:
        return "html"
    return "text" if accepted.startswith("text/plain") else "json"


def as_json(told: dict[str, Any], status: int = 200) -> JsonResponse:
    """JSON that people can read."""
    return JsonResponse(told, status=status, json_dumps_params=JSON_STYLE)


def as_text(text: str, status: int = 200) -> HttpResponse:
    """Lines of text."""
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def language() -> str:
    """The visitor's, among those that diagnoses are told in."""
    return "en" if (get_language() or "fr").startswith("en") else "fr"

"""Readiness of the bench: it needs published files, and no database."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when there are authorities to judge by, else 503."""
    is_there = any((settings.GUICHET.published / "ac").glob("[!.]*.cer"))
    checks = {"published": "ok" if is_there else "nothing"}
    body = {"status": "ok" if is_there else "unready", "checks": checks}
    return JsonResponse(body, status=200 if is_there else 503)

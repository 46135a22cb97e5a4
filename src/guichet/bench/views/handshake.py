"""The bench's one page: what the server saw, as HTML or JSON."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.bench import telling
from guichet.bench.diagnosis import diagnose
from guichet.identities.peer import peer_of
from guichet.identities.trust import trust_folder


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """Tell what the server saw. JSON for scripts (?format=json, or no HTML in Accept)."""
    diagnosis = diagnose(peer_of(request), trust_folder(settings.GUICHET.published), timezone.now())
    told = telling.as_json(diagnosis)
    status = telling.status_code(diagnosis)
    if _wants_json(request):
        return JsonResponse(
            told, status=status, json_dumps_params={"ensure_ascii": False, "indent": 2}
        )
    connection = (
        (_("Version de TLS"), diagnosis.tls_version),
        (_("Suite cryptographique"), diagnosis.cipher),
        (_("Profil reconnu"), told["profile"]),
    )
    context = {"diagnosis": diagnosis, "told": told, "connection": connection}
    return render(request, "bench/handshake.html", context, status=status)


def _wants_json(request: HttpRequest) -> bool:
    asked = request.GET.get("format")
    if asked in {"json", "html"}:
        return asked == "json"
    return "text/html" not in request.headers.get("Accept", "")

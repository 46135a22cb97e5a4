"""Before a sensitive act: prove again who one is; and while a long page is open, stay logged in."""

from typing import Final
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from guichet.domain.access.sessions import FRESH
from guichet.identities import sessions
from guichet.identities.access import ActorRequest, login_required
from guichet.identities.providers import ECPS, PROCONNECT
from guichet.web.requests import path_within

MINUTE_S: Final = 60


@never_cache
@login_required
@require_safe
def ask_again(request: ActorRequest) -> HttpResponse:
    """By card, or by a provider where one logs in anew; then back to what one was doing."""
    suite = path_within(request, request.GET.get("next"))
    query = "?" + urlencode({"next": suite})
    context = {
        "minutes": int(FRESH.total_seconds()) // MINUTE_S,
        "card_next": reverse("identities:card") + query,
        "providers": [
            (one.label, f"{reverse(f'identities:{one.key}')}{query}&encore=1")
            for one in (ECPS, PROCONNECT)
            if one.is_offered
        ],
        "suite": suite,
    }
    return render(request, "identities/confirm_again.html", context)


@never_cache
@login_required
@require_POST
def go_on(request: ActorRequest) -> JsonResponse:
    """Still there: the idle time counts anew; the seconds that the session has left."""
    sessions.note_use(request, request.received_at)
    idle, _last = sessions.ends_at(request, request.actor, request.received_at)
    left = (idle - request.received_at).total_seconds()
    return JsonResponse({"seconds": int(left)})

"""The page that offers the two ways to log in, and the way out."""

import json
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from guichet.identities import operations, sessions
from guichet.identities.access import VisitorRequest
from guichet.web.pages import path_within


@require_safe
def choose(request: VisitorRequest) -> HttpResponse:
    """Card or e-CPS; somebody already logged in goes straight on."""
    suite = path_within(request, request.GET.get("next"))
    if request.actor is not None:
        return redirect(suite)
    query = "?" + urlencode({"next": suite})
    context = {
        "card_next": reverse("identities:card") + query,
        "ecps_next": reverse("identities:ecps") + query,
        "people": _demo_people() if settings.GUICHET.demo else [],
    }
    return render(request, "identities/login.html", context)


@require_POST
def end(request: VisitorRequest) -> HttpResponseRedirect:
    """Log out: the session and all it kept are gone."""
    if request.actor is not None:
        operations.note_logout(actor=request.actor.ref, at=request.received_at)
    sessions.close(request)
    return redirect("home")


def _demo_people() -> list[dict[str, str]]:
    """Who can log in, as the demo wrote it; nobody before the demo is prepared."""
    path: Path = settings.GUICHET.state / "demo" / "identities.json"
    try:
        found = json.loads(path.read_text())["people"]
    except FileNotFoundError:
        return []
    return [
        {"name": person["name"], "file": person["file"], "says": person.get("says", "")}
        for person in found
    ]

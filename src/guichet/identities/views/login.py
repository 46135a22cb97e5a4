"""The page that offers every way to log in, and the way out."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from guichet.identities import operations, sessions
from guichet.identities.access import VisitorRequest
from guichet.identities.forms import LoginForm
from guichet.identities.providers import ACCOUNT_PROVIDERS
from guichet.identities.words import ADVICE
from guichet.web.requests import path_within


@require_safe
def choose(request: VisitorRequest) -> HttpResponse:
    """Card, e-CPS, a provider or a password; somebody already logged in goes straight on."""
    suite = path_within(request, request.GET.get("next"))
    if request.actor is not None:
        return redirect(suite)
    query = "?" + urlencode({"next": suite})
    context = {
        "card_next": reverse("identities:card") + query,
        "ecps_next": reverse("identities:ecps") + query,
        "providers": [
            (one.label, ADVICE[one.key], reverse(f"identities:{one.key}") + query)
            for one in ACCOUNT_PROVIDERS
            if one.is_offered
        ],
        "password_next": reverse("identities:password") + query,
        "sign_up_next": reverse("identities:sign-up") + query,
        "form": LoginForm(),
        "demo": _demo_identities() if settings.GUICHET.demo else {},
    }
    return render(request, "identities/login.html", context)


@require_POST
def end(request: VisitorRequest) -> HttpResponseRedirect:
    """Log out: the session and all it kept are gone."""
    if request.actor is not None:
        operations.note_logout(actor=request.actor.ref, at=request.received_at)
    sessions.close(request)
    return redirect("home")


def _demo_identities() -> dict[str, list[dict[str, Any]]]:
    """Who can log in, as the demo wrote it: people with a card, citizens and agents without."""
    path: Path = settings.GUICHET.state / "demo" / "identities.json"
    try:
        found: dict[str, list[dict[str, Any]]] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return {kind: found.get(kind, []) for kind in ("people", "citizens", "agents")}

"""The first page of the procedure: what it is, and the dossiers one already has."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guichet.habilitations.queries import applicant, recoveries
from guichet.identities.access import VisitorRequest
from guichet.identities.providers import PROCONNECT

SEARCH = 80


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Page de garde; drafts and dossiers come before a new one."""
    actor, at = cast("VisitorRequest", request).actor, cast("VisitorRequest", request).received_at
    text = request.GET.get("q", "")[:SEARCH]
    page = request.GET.get("page", "1")
    mine = applicant.mine(actor, text, page) if actor else None
    context = {
        "mine": mine,
        "text": text,
        "colleagues": recoveries.count(actor, at) if actor else 0,
        "may_prove": actor is not None and PROCONNECT.is_offered,
    }
    return render(request, "habilitations/start.html", context)

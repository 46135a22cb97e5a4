"""The first page of the procedure: what it is, and the dossiers one already has."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guichet.habilitations.queries import applicant
from guichet.identities.access import VisitorRequest

SEARCH = 80


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Page de garde; drafts and dossiers come before a new one."""
    actor = cast("VisitorRequest", request).actor
    text = request.GET.get("q", "")[:SEARCH]
    page = request.GET.get("page", "1")
    mine = applicant.mine(actor, text, page) if actor else None
    return render(request, "habilitations/start.html", {"mine": mine, "text": text})

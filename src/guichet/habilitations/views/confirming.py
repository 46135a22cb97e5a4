"""The link sent to each declared administrator: is this card yours? No account is needed."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.habilitations.operations import confirming
from guichet.habilitations.queries import shares
from guichet.identities.access import VisitorRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows structure, card and address and changes nothing; POST answers."""
    if request.method == "POST":
        at = cast("VisitorRequest", request).received_at
        confirming.answer(token=token, confirms="confirm" in request.POST, at=at)
        return redirect("habilitations:confirmation", token)
    question = shares.question(token)
    return render(request, "habilitations/confirmation.html", {"question": question})

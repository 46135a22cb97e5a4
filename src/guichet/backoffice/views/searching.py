"""One field for everything."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.backoffice import searching
from guichet.backoffice.operations import note_look_up
from guichet.domain.duties import Duty
from guichet.identities.access import ActorRequest, duty_required
from guichet.web.requests import gives_content


@never_cache
@duty_required(Duty.SEARCH)
@require_safe
def search(request: ActorRequest) -> HttpResponse:
    """What a text finds; an identifier of one thing alone goes straight there."""
    who, at = request.actor, request.received_at
    text = request.GET.get("q", "")
    found = searching.find(text, who, at)
    if found.people and gives_content(request):
        note_look_up(by=who, kind="search", at=at)
    if len(found.named) == 1 and not found.groups:
        return HttpResponseRedirect(found.named[0].href)
    context = {"text": text, "found": found, "asked": bool(text.strip())}
    return render(request, "backoffice/search.html", context)

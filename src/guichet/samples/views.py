"""Test certificates of somebody who is logged in: the kinds, one's own, their files."""

from typing import Final
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guichet.domain.refusals import Code, Refusal
from guichet.domain.samples import LIFE, SampleState
from guichet.identities.access import ActorRequest, card_required
from guichet.samples import files, operations, queries
from guichet.samples.kinds import DESCRIBED

FORM: Final = ["GET", "HEAD", "POST"]


@never_cache
@card_required
@require_http_methods(FORM)
def show_samples(request: ActorRequest) -> HttpResponse:
    """The kinds, to be made at a press, and what was made of them."""
    if request.method == "POST":
        described = DESCRIBED.get(request.POST.get("kind", ""))
        if described is None:
            raise Refusal(Code.SAMPLE_UNKNOWN)
        operations.ask(kind=described.kind, by=request.actor, at=request.received_at)
        return HttpResponseRedirect(reverse("samples:samples") + "#faits")
    mine = queries.samples_of(request.actor)
    context = {
        "kinds": DESCRIBED.values(),
        "samples": [(one, one.is_early(request.received_at)) for one in mine],
        "is_waiting": any(one.state is SampleState.ASKED for one in mine),
        "password": files.PASSWORD,
        "days": LIFE.days,
    }
    return render(request, "samples/samples.html", context)


@never_cache
@card_required
@require_safe
def download(request: ActorRequest, key: UUID) -> HttpResponse:
    """The files of one, as a ZIP."""
    name, data = queries.archive(key, request.actor)
    answer = HttpResponse(data, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

"""The list of compromised keys: a file is put on it, and refuses every later request."""

from itertools import chain
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.authority import burnt_keys, exposure
from guichet.authority.burnt_keys import Listed, Listing
from guichet.domain.certificates.key_lists import ListedReason
from guichet.domain.duties import Duty
from guichet.identities.access import ActorRequest, duty_required
from guichet.orders.incident_forms import KeyListForm
from guichet.web.forms import refusals_on, status_of
from guichet.web.uploads import takes_files
from guichet.x509 import key_lists
from guichet.x509.key_lists import Entry

LIST_AT_MOST: Final = 4_000_000
SHOWN: Final = 20


@takes_files(lambda: LIST_AT_MOST)
@never_cache
@duty_required(Duty.HANDLE_INCIDENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def block_keys(request: ActorRequest) -> HttpResponse:
    """What is on the list, and a form that adds to it; safe to send twice."""
    is_post = request.method == "POST"
    form = KeyListForm(request.POST if is_post else None, request.FILES if is_post else None)
    done: Listed | None = None
    wrong: list[Entry] = []
    if is_post and form.is_valid():
        entries = list(key_lists.read(form.cleaned_data["keys_file"].file))
        wrong = [entry for entry in entries if not entry.digests]
        with refusals_on(form, request):
            done = _list(request, form, entries)
    context = {
        "form": form if done is None else KeyListForm(),
        "done": done,
        "wrong": wrong[:SHOWN],
        "wrong_count": len(wrong),
        "wrong_more": max(0, len(wrong) - SHOWN),
        "count": burnt_keys.count(),
        "carriers": exposure.carriers_of_blocked_keys(request.received_at),
    }
    status = status_of(form)
    return render(request, "orders/incidents/keys.html", context, status=status)


def _list(request: ActorRequest, form: KeyListForm, entries: list[Entry]) -> Listed:
    typed = form.cleaned_data
    steps = burnt_keys.list_keys(
        digests=chain.from_iterable(entry.digests for entry in entries),
        listing=Listing(reason=ListedReason(typed["reason"]), source=typed["source"]),
        by=request.actor.ref,
        at=request.received_at,
    )
    return sum(steps, Listed())

"""The queue of the signer, for operators: what waits, and what could not be signed.

The front may not touch what the signer works on (docs/how-to/isoler-les-processus.md): what
operators choose is asked of the signer, which does it in its next round.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from guichet.authority import queue, queue_acts
from guichet.authority.queue_acts import Asked
from guichet.domain.certificates.urgency import Priority
from guichet.domain.duties import Duty
from guichet.domain.refusals import Code, Refusal
from guichet.identities.access import ActorRequest, duty_required, fresh_login_required

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PRIORITIES: Final = {
    Priority.SERVICE: _("Service de validation"),
    Priority.INTERACTIVE: _("Personnes"),
    Priority.PROGRAM: _("Programmes"),
    Priority.BULK: _("Lots et campagnes"),
}
ACTS: Final[Mapping[Asked, "_StrPromise"]] = {
    Asked.SEND_BACK: _("Renvoyer au signataire"),
    Asked.GIVE_UP: _("Abandonner"),
}
ASKED: Final[Mapping[Asked, "_StrPromise"]] = {
    Asked.SEND_BACK: _("Renvoi demandé"),
    Asked.GIVE_UP: _("Abandon demandé"),
}


@never_cache
@duty_required(Duty.HANDLE_SIGNATURES)
@require_safe
def show_queue(request: ActorRequest) -> HttpResponse:
    """What waits by priority, and each request set aside with its reason."""
    asked = queue_acts.waiting()
    aside = queue.all_set_aside()
    context = {
        "waiting": [(PRIORITIES[row.priority], row) for row in queue.waiting()],
        "set_aside": [(row, _asked_words(asked.get(row.request_id))) for row in aside],
        "count": queue.count_set_aside(),
        "all_ticked": "tout" in request.GET,
        "acts": [(act.value, words) for act, words in ACTS.items()],
    }
    return render(request, "orders/signing_queue.html", context)


@never_cache
@duty_required(Duty.HANDLE_SIGNATURES)
@fresh_login_required(back="signing:queue")
@require_POST
def prepare(request: ActorRequest) -> HttpResponse:
    """What would be asked of the signer; nothing is yet."""
    act, ids = _act(request), _chosen(request)
    possible = frozenset(queue_acts.possible(ids))
    rows = [row for row in queue.all_set_aside() if row.request_id in ids]
    context = {
        "act": act.value,
        "title": ACTS[act],
        "gives_up": act is Asked.GIVE_UP,
        "rows": [(row, row.request_id in possible) for row in rows],
        "count": len(possible),
    }
    return render(request, "orders/signing_acts.html", context)


@never_cache
@duty_required(Duty.HANDLE_SIGNATURES)
@fresh_login_required(back="signing:queue")
@require_POST
def confirm(request: ActorRequest) -> HttpResponseRedirect:
    """Ask it of the signer."""
    queue_acts.ask(_chosen(request), _act(request), by=request.actor.ref, at=request.received_at)
    return HttpResponseRedirect(reverse("signing:queue"))


def _asked_words(asked: Asked | None) -> str:
    return str(ASKED[asked]) if asked else ""


def _act(request: ActorRequest) -> Asked:
    """Raises Refusal(REQUEST_MALFORMED) on an act not known."""
    asked = request.POST.get("acte", "")
    if asked not in set(Asked):
        raise Refusal(Code.REQUEST_MALFORMED, field="acte")
    return Asked(asked)


def _chosen(request: ActorRequest) -> frozenset[UUID]:
    """The requests ticked, queue.SHOWN at most; what names none is left out."""
    found = set()
    for text in request.POST.getlist("demande")[: queue.SHOWN]:
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return frozenset(found)

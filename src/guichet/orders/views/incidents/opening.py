"""A new incident: criteria, what they would find, then the search that freezes it."""

from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.authority import queries as authority
from guichet.domain.duties import Duty
from guichet.domain.orders.criteria import Criteria
from guichet.domain.refusals import Refusal
from guichet.habilitations import queries as habilitations
from guichet.identities.access import ActorRequest, duty_required
from guichet.orders import incident_search
from guichet.orders.incident_forms import CriteriaForm, OpeningForm
from guichet.orders.incident_search import Preview
from guichet.orders.incident_words import criteria_words
from guichet.orders.operations.incident_preparing import open_incident
from guichet.web.forms import refusals_on, status_of
from guichet.web.uploads import takes_files

LISTS_AT_MOST: Final = 8_000_000
STRUCTURES: Final = 10


@takes_files(lambda: LISTS_AT_MOST)
@never_cache
@duty_required(Duty.HANDLE_INCIDENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: ActorRequest) -> HttpResponse:
    """The criteria stand in the address; what they would find is shown at once."""
    form = CriteriaForm(request.GET, authorities=[one.code for one in authority.authorities()])
    is_post = request.method == "POST"
    opening = OpeningForm(request.POST if is_post else None, request.FILES if is_post else None)
    criteria = _criteria(form)
    if is_post and criteria is not None and opening.is_valid():
        with refusals_on(opening, request):
            return _open(request, criteria, opening)
    found = None
    if criteria is not None and not criteria.is_empty:
        found = incident_search.preview(criteria, request.received_at)
    context = {"form": form, "opening": opening, "criteria": criteria, **_previewed(found)}
    context["said"] = list(criteria_words(criteria)) if criteria else []
    status = status_of(form, opening)
    return render(request, "orders/incidents/new.html", context, status=status)


def _criteria(form: CriteriaForm) -> Criteria | None:
    """The criteria of the address; None when something of it is not understood."""
    if not form.is_valid():
        return None
    criteria = form.criteria()
    try:
        return criteria if criteria.is_empty else criteria.admit()
    except Refusal as refusal:
        form.add_objections(refusal.all)
        return None


def _open(request: ActorRequest, criteria: Criteria, opening: OpeningForm) -> HttpResponse:
    listed = Criteria.from_json({**criteria.to_json(), **opening.lists()})
    number = open_incident(
        title=opening.cleaned_data["title"],
        criteria=listed,
        by=request.actor,
        at=request.received_at,
    )
    return HttpResponseRedirect(reverse("incidents:incident", args=[number]))


def _previewed(found: Preview | None) -> dict[str, Any]:
    """A preview with the names of its structures, the most touched first."""
    if found is None:
        return {"preview": None}
    several = list(found.structures.items())[:STRUCTURES]
    facts = habilitations.structures({name for name, _count in several})
    named = [(n, facts[n].legal_name if n in facts else "", count) for n, count in several]
    return {
        "preview": found,
        "structures": named,
        "profiles": list(found.profiles.items()),
        "authorities": list(found.authorities.items()),
    }

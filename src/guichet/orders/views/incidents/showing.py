"""Incidents, one of them, its certificates, and how far the clerk is with it."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.domain.duties import Duty
from guichet.domain.orders.incidents import IncidentState, TouchedState
from guichet.identities.access import ActorRequest, duty_required
from guichet.orders import incident_search, incidents
from guichet.orders.incident_search import Preview
from guichet.orders.incident_words import STATES, TOUCHED_STATES, criteria_words, failure_words
from guichet.orders.incidents import IncidentFacts
from guichet.orders.views.incidents.framing import framed


@never_cache
@duty_required(Duty.HANDLE_INCIDENTS)
@require_safe
def list_incidents(request: ActorRequest) -> HttpResponse:
    """Every incident, the newest first."""
    page = incidents.incidents(request.GET.get("page", "1"))
    context = {
        "page": page,
        "lines": [(found, STATES[found.state]) for found in page.object_list],
        "waiting": incidents.waiting_for(request.actor),
    }
    return render(request, "orders/incidents/list.html", context)


@never_cache
@duty_required(Duty.HANDLE_INCIDENTS)
@require_safe
def show_incident(request: ActorRequest, number: int) -> HttpResponse:
    """One incident: what was asked, what was found, who decided, how far it is."""
    found = incidents.incident(number)
    counts = incidents.counts(number)
    tried = found.found - counts[TouchedState.WAITING]
    context = {
        **framed(request, found, "incident"),
        "criteria": list(criteria_words(found.criteria)),
        "breakdown": incidents.breakdown(number),
        "counts": [(TOUCHED_STATES[state], counts[state], state) for state in TouchedState],
        "tried": tried,
        "failures": [(failure_words(text), n) for text, n in incidents.failures(number)],
        "newer": _newer(request, found),
    }
    return render(request, "orders/incidents/incident.html", context)


@never_cache
@duty_required(Duty.HANDLE_INCIDENTS)
@require_safe
def incident_state(request: ActorRequest, number: int) -> JsonResponse:
    """How far an incident is, for its pages that wait."""
    return JsonResponse({"state": incidents.progress_mark(incidents.incident(number))})


@never_cache
@duty_required(Duty.HANDLE_INCIDENTS)
@require_safe
def list_certificates(request: ActorRequest, number: int) -> HttpResponse:
    """The certificates that were found, all or those in one state."""
    found = incidents.incident(number)
    wanted = request.GET.get("etat", "")
    page = incidents.touched(number, wanted, request.GET.get("page", "1"))
    counts = incidents.counts(number)
    context = {
        **framed(request, found, "certificates"),
        "page": page,
        "lines": [
            (one, TOUCHED_STATES[one.state], failure_words(one.failure) if one.failure else "")
            for one in page.object_list
        ],
        "wanted": wanted,
        "states": [(s.value, TOUCHED_STATES[s].label, counts[s]) for s in TouchedState],
    }
    return render(request, "orders/incidents/certificates.html", context)


def _newer(request: ActorRequest, found: IncidentFacts) -> Preview | None:
    """What the same criteria find among certificates issued since, while that matters."""
    if found.state in {IncidentState.SEARCHING, IncidentState.CANCELLED, IncidentState.REFUSED}:
        return None
    at = request.received_at
    return incident_search.newer(found.criteria, after=found.search_end, at=at)

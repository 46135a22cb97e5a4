"""The blast radius, on a page to print and in a file; and the campaign that goes before."""

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guichet.domain.duties import Duty
from guichet.domain.orders.incidents import IncidentState
from guichet.identities.access import ActorRequest, duty_required
from guichet.orders import incident_paper, incident_progress, incident_report, incidents
from guichet.orders.incident_words import criteria_words, occasion_words, report_figures
from guichet.orders.operations import incident_deciding as operations
from guichet.orders.operations.exporting import note_incident_export
from guichet.orders.views.incidents.framing import framed
from guichet.web.environments import marked
from guichet.web.requests import gives_content
from guichet.web.spreadsheets import CSV, table_lines

PAGE_SIZE = 50


@never_cache
@duty_required(Duty.HANDLE_INCIDENTS)
@require_safe
def show_report(request: ActorRequest, number: int) -> HttpResponse:
    """Who is touched, which services, and what they are left with."""
    found = incidents.incident(number)
    report = incident_report.report(number, request.received_at)
    context = {
        **framed(request, found, "report"),
        "criteria": list(criteria_words(found.criteria)),
        "report": report,
        "report_figures": list(report_figures(report)),
        "breakdown": incidents.breakdown(number),
        "at": request.received_at,
    }
    return render(request, "orders/incidents/report.html", context)


@never_cache
@duty_required(Duty.HANDLE_INCIDENTS)
@require_safe
def print_report(request: ActorRequest, number: int) -> HttpResponse:
    """The same, on paper."""
    found = incidents.incident(number)
    made = incident_paper.report_pdf(found, request.received_at)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = _attachment(f"incident-{number}.pdf")
    return answer


@never_cache
@duty_required(Duty.HANDLE_INCIDENTS)
@require_safe
def export(request: ActorRequest, number: int) -> HttpResponseBase:
    """Every certificate of an incident, in a file; the journal is told."""
    found = incidents.incident(number)
    at = request.received_at
    if gives_content(request):
        note_incident_export(number=number, certificates=found.found, by=request.actor, at=at)
    rows = incident_report.table_rows(number, at)
    answer = StreamingHttpResponse(
        table_lines(incident_report.heading().rows, rows), content_type=CSV
    )
    answer["Content-Disposition"] = _attachment(f"incident-{number}.csv")
    return answer


@never_cache
@duty_required(Duty.HANDLE_INCIDENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def campaign(request: ActorRequest, number: int) -> HttpResponse:
    """How far each structure is with its renewals; those who have not begun are called again."""
    found = incidents.incident(number)
    if request.method == "POST":
        operations.call_again(number=number, by=request.actor, at=request.received_at)
        return HttpResponseRedirect(reverse("incidents:campaign", args=[number]))
    every = incident_progress.by_structure(number)
    page = Paginator(every, PAGE_SIZE).get_page(request.GET.get("page", "1"))
    calls = incidents.calls(number)
    context = {
        **framed(request, found, "campaign"),
        "page": page,
        "lines": incident_progress.named(list(page.object_list)),
        "total": incident_progress.total(every),
        "calls": [(one, occasion_words(one.occasion)) for one in calls],
        "may_call": found.state is IncidentState.APPROVED
        and all(one.ended_at is not None for one in calls),
    }
    return render(request, "orders/incidents/campaign.html", context)


def _attachment(name: str) -> str:
    return f'attachment; filename="{marked(name)}"'

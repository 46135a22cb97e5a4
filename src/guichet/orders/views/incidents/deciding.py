"""Proposing, approving, refusing, giving up: each sends back to the incident."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from guichet.domain.duties import Duty
from guichet.domain.orders.incidents import INCIDENTS, IncidentAct
from guichet.domain.refusals import Code, Refusal
from guichet.identities.access import ActorRequest, duty_required, fresh_login_required
from guichet.orders import incident_search, incidents
from guichet.orders.incident_forms import ApprovalForm, ProposalForm, RefusingForm
from guichet.orders.operations import incident_deciding as operations
from guichet.orders.views.incidents.framing import framed
from guichet.web import resume
from guichet.web.forms import is_done, posted, status_of


@never_cache
@duty_required(Duty.HANDLE_INCIDENTS)
@fresh_login_required()
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: ActorRequest, number: int) -> HttpResponse:
    """Why, when, and what requesters are told; the number of certificates is typed."""
    found = incidents.incident(number)
    if not INCIDENTS.allows(found.state, IncidentAct.PROPOSE):
        return _back(number)
    given = {"text": found.text, "due_on": found.due_at, **_typed(request)}
    form = ProposalForm(posted(request), initial=given)

    def send() -> None:
        operations.propose(
            number=number,
            asked=form.proposal(),
            count=form.cleaned_data["count"],
            by=request.actor,
            at=request.received_at,
        )

    if is_done(request, form, send):
        return _back(number)
    return _page(request, "propose", number, {"form": form}, form)


@never_cache
@duty_required(Duty.HANDLE_INCIDENTS)
@fresh_login_required()
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: ActorRequest, number: int) -> HttpResponse:
    """Another operator approves, by typing the number, or refuses, by saying why."""
    found = incidents.incident(number)
    if not INCIDENTS.allows(found.state, IncidentAct.APPROVE):
        return _back(number)
    if not found.may_decide(request.actor):
        raise Refusal(Code.INCIDENT_SAME_PERSON)
    refuses = request.POST.get("acte") == "refuse"
    sent, typed = request.method == "POST", _typed(request)
    approval = ApprovalForm(request.POST if sent and not refuses else None, initial=typed)
    refusing = RefusingForm(request.POST if refuses else None, initial=typed)
    who: dict[str, Any] = {"number": number, "by": request.actor, "at": request.received_at}

    def send() -> None:
        if refuses:
            operations.refuse(note=refusing.cleaned_data["note"], **who)
        else:
            operations.approve(count=approval.cleaned_data["count"], **who)

    if is_done(request, refusing if refuses else approval, send):
        return _back(number)
    newer = incident_search.newer(found.criteria, after=found.search_end, at=request.received_at)
    context = {"approval": approval, "refusing": refusing, "newer": newer}
    return _page(request, "decide", number, context, approval, refusing)


@duty_required(Duty.HANDLE_INCIDENTS)
@require_POST
def take_back(request: ActorRequest, number: int) -> HttpResponse:
    """Give a proposal up, to say it otherwise."""
    operations.take_back(number=number, by=request.actor, at=request.received_at)
    return _back(number)


@never_cache
@duty_required(Duty.HANDLE_INCIDENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: ActorRequest, number: int) -> HttpResponse:
    """Give an incident up before anything is revoked; asked once more before it is done."""
    found = incidents.incident(number)
    if not INCIDENTS.allows(found.state, IncidentAct.CANCEL):
        return _back(number)
    if request.method == "POST":
        operations.cancel(number=number, by=request.actor, at=request.received_at)
        return _back(number)
    return _page(request, "cancel", number, {"called": any(incidents.calls(number))})


@duty_required(Duty.HANDLE_INCIDENTS)
@fresh_login_required()
@require_POST
def retry(request: ActorRequest, number: int) -> HttpResponse:
    """Try again what failed."""
    operations.retry(number=number, by=request.actor, at=request.received_at)
    return _back(number)


def _typed(request: ActorRequest) -> dict[str, Any]:
    """What was typed before a new login was asked for."""
    found = resume.typed(request) if request.method != "POST" else None
    return found.dict() if found else {}


def _page(
    request: ActorRequest, name: str, number: int, more: dict[str, Any], *shown: forms.BaseForm
) -> HttpResponse:
    context = {
        **framed(request, incidents.incident(number), "incident"),
        "breakdown": incidents.breakdown(number),
        **more,
    }
    status = status_of(*shown)
    return render(request, f"orders/incidents/{name}.html", context, status=status)


def _back(number: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("incidents:incident", args=[number]))

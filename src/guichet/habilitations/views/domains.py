"""Proving the domains of a structure by a TXT record."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from guichet.domain.refusals import Objection, Refusal
from guichet.habilitations import dns, stewardship
from guichet.habilitations.operations import proving
from guichet.habilitations.queries import domains
from guichet.habilitations.rights_forms import DomainForm
from guichet.habilitations.views.structure_frame import frame
from guichet.identities.access import ActorRequest, login_required
from guichet.web.forms import posted, status_of
from guichet.web.refusal_texts import explain_all


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_domains(request: ActorRequest, national_id: str) -> HttpResponse:
    """Every domain of a structure, proved or to prove; a domain typed gets its record."""
    frame(request, national_id, "domains")
    if request.method == "POST":
        stewardship.act(national_id, request.actor)
    form = DomainForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            proving.challenge(
                national_id=national_id,
                domain=form.cleaned_data["domain"],
                by=request.actor,
                at=request.received_at,
            )
            return _to(national_id)
        except Refusal as refusal:
            form.add_objections(
                Objection(found.code, (("field", "domain"), *found.facts)) for found in refusal.all
            )
    status = status_of(form)
    return _page(request, national_id, {"form": form}, status)


@login_required
@require_POST
def check_domain(request: ActorRequest, national_id: str, pk: int) -> HttpResponse:
    """Look for the record now."""
    try:
        proving.check(
            pk=pk,
            national_id=national_id,
            resolver=dns.resolver(),
            by=request.actor,
            at=request.received_at,
        )
    except Refusal as refusal:
        wrong = explain_all(refusal)[0]
        if wrong.status != HTTPStatus.SERVICE_UNAVAILABLE:
            raise
        return _page(request, national_id, {"form": DomainForm(), "wrong": wrong}, wrong.status)
    return _to(national_id)


def _page(
    request: ActorRequest, national_id: str, more: dict[str, Any], status: int
) -> HttpResponse:
    context = frame(request, national_id, "domains")
    found = domains.domains_of(national_id, request.actor, request.received_at)
    context |= {"domains": found, **more}
    return render(request, "habilitations/rights/domains.html", context, status=status)


def _to(national_id: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("habilitations:domains", args=[national_id]))

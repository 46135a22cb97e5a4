"""The editor's counter: clients in one place, delegations to answer, cards that act."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from guichet.domain.refusals import Code, Objection, Refusal
from guichet.habilitations.operations import staffing
from guichet.habilitations.queries import delegations
from guichet.habilitations.rights_forms import StaffForm
from guichet.identities.access import ActorRequest, login_required
from guichet.web.forms import status_of

FIELDS = {
    Code.CARD_NUMBER_INVALID: "card_number",
    Code.EMAIL_INVALID: "email",
    Code.NAME_INVALID: "name",
}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD"])
def show_editor(request: ActorRequest) -> HttpResponse:
    """Every client structure, and what waits for an answer."""
    return _page(request, StaffForm(), "")


@never_cache
@login_required
@require_POST
def declare_staff(request: ActorRequest, siret: str) -> HttpResponse:
    """Declare a card that acts for the editor."""
    if siret not in delegations.editors_of(request.actor):
        raise Refusal(Code.EDITOR_UNKNOWN)
    form = StaffForm(request.POST)
    if form.is_valid():
        try:
            staffing.declare(
                siret=siret, by=request.actor, at=request.received_at, **form.cleaned_data
            )
            return HttpResponseRedirect(reverse("habilitations:editor"))
        except Refusal as refusal:
            form.add_objections(map(_placed, refusal.all))
    return _page(request, form, siret)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_staff(request: ActorRequest, pk: int) -> HttpResponse:
    """Ask, then let a card no longer act for the editor. Safe to repeat."""
    if request.method != "POST":
        one = delegations.staff_card(pk, request.actor)
        return render(request, "habilitations/rights/editor_withdraw.html", {"one": one})
    staffing.withdraw(pk=pk, by=request.actor, at=request.received_at)
    return HttpResponseRedirect(reverse("habilitations:editor"))


def _page(request: ActorRequest, form: StaffForm, siret: str) -> HttpResponse:
    at = request.received_at
    editors = [
        {
            "siret": number,
            "name": name,
            "given": delegations.delegated_to(number, at),
            "staff": delegations.staff_of(number),
            "form": form if number == siret else StaffForm(auto_id=f"id_{number}_%s"),
        }
        for number, name in delegations.editors_of(request.actor).items()
    ]
    context: dict[str, Any] = {
        "clients": delegations.clients_of(request.actor.card_number, at),
        "editors": editors,
    }
    status = status_of(form)
    return render(request, "habilitations/rights/editor.html", context, status=status)


def _placed(objection: Objection) -> Objection:
    if "field" in objection.mapping or objection.code not in FIELDS:
        return objection
    return Objection(objection.code, (("field", FIELDS[objection.code]), *objection.facts))

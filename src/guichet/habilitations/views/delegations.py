"""Delegations to an editor: given by a structure, answered by the editor, ended by either."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.domain.identifiers import Siret
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.habilitations import stewardship
from guichet.habilitations.operations import delegating
from guichet.habilitations.operations.delegating import DelegationAsked
from guichet.habilitations.queries import delegations
from guichet.habilitations.rights_forms import DelegationForm, EditorForm, ReasonForm
from guichet.habilitations.views.structure_frame import frame
from guichet.identities.access import ActorRequest, login_required
from guichet.web.forms import posted, refusals_on, status_of


@never_cache
@login_required
@require_safe
def show_delegations(request: ActorRequest, national_id: str) -> HttpResponse:
    """What a structure delegated."""
    context = frame(request, national_id, "delegations")
    context["given"] = delegations.delegations_of(national_id, request.actor, request.received_at)
    return render(request, "habilitations/rights/delegations.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delegate(request: ActorRequest, national_id: str) -> HttpResponse:
    """Two steps on one address: the editor's SIRET, then what is delegated to it."""
    context = frame(request, national_id, "delegations")
    structure = stewardship.represent(national_id, request.actor).structure
    within = delegations.extent(structure, request.received_at)
    context["extent"] = within
    search = EditorForm(request.GET or None)
    context["search"] = search
    siret = _siret(search)
    if siret is None:
        return _answer(request, "delegate_editor", context, search)
    try:
        context["editor_name"] = delegating.editor_name(structure, siret)
    except Refusal as refusal:
        search.add_objections(refusal.all)
        return _answer(request, "delegate_editor", context, search)
    context |= {"editor_siret": siret.value}
    today = timezone.localtime(request.received_at).date()
    form = DelegationForm(posted(request), extent=within, today=today)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, request):
            return _to(_give(request, national_id, siret, form))
    return _answer(request, "delegate", {**context, "form": form}, form)


@never_cache
@login_required
@require_safe
def show_delegation(request: ActorRequest, pk: int) -> HttpResponse:
    """One delegation, for both sides: its limits, its life, the cards that act."""
    found = delegations.delegation(pk, request.actor, request.received_at)
    context = _sides(request, found) | {"delegation": found}
    if found.state == "accepted":
        context["staff"] = delegations.staff_rights(pk, request.received_at)
    return render(request, "habilitations/rights/delegation.html", context)


@login_required
@require_POST
def accept(request: ActorRequest, pk: int) -> HttpResponse:
    """Accept for the editor; pressed twice, it is accepted once."""
    found = delegations.delegation(pk, request.actor, request.received_at)
    if found.accepted_at is None:
        delegating.accept(pk=pk, by=request.actor, at=request.received_at)
    return _to(pk)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: ActorRequest, pk: int) -> HttpResponse:
    """End or refuse a delegation, after a page that says what it means."""
    found = delegations.delegation(pk, request.actor, request.received_at)
    context = _sides(request, found) | {"delegation": found}
    if not context["may_end"] and not found.is_over:
        raise Refusal(Code.ROLE_MISSING)
    if found.is_over:
        return _to(pk)
    form = ReasonForm(posted(request), needed=False)
    if request.method == "POST" and form.is_valid():
        because = form.cleaned_data["because"]
        delegating.end(pk=pk, because=because, by=request.actor, at=request.received_at)
        return _to(pk)
    return _answer(request, "delegation_end", {**context, "form": form}, form)


def _siret(search: EditorForm) -> Siret | None:
    if not search.is_bound or not search.is_valid():
        return None
    try:
        return Siret.parse(search.cleaned_data["siret"])
    except Refusal as refusal:
        facts = (("field", "siret"), *refusal.facts.items())
        search.add_objections([Objection(refusal.code, facts)])
        return None


def _give(request: ActorRequest, national_id: str, siret: Siret, form: DelegationForm) -> int:
    chosen = form.cleaned_data
    asked = DelegationAsked(
        editor_siret=siret,
        offers=form.offers_chosen(),
        domains=tuple(chosen.get("domains", ())),
        mail_domains=tuple(chosen.get("mail_domains", ())),
        subdomains=form.subdomains_typed(),
        starts_on=chosen["starts_on"],
        ends_on=chosen["ends_on"],
    )
    return delegating.give(
        national_id=national_id, asked=asked, by=request.actor, at=request.received_at
    )


def _sides(request: ActorRequest, found: delegations.DelegationFacts) -> dict[str, Any]:
    """Which side somebody is on; auditors are on none, and only read."""
    is_editor = found.editor_siret in delegations.editors_of(request.actor)
    acts = stewardship.may_act(found.structure.national_id, request.actor)
    return {
        "is_editor": is_editor,
        "is_structure": acts,
        "may_accept": is_editor and found.state == "given",
        "may_end": (is_editor or acts) and not found.is_over,
    }


def _to(pk: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("habilitations:delegation", args=[pk]))


def _answer(
    request: ActorRequest, template: str, context: dict[str, Any], form: Any
) -> HttpResponse:
    status = status_of(form)
    return render(request, f"habilitations/rights/{template}.html", context, status=status)

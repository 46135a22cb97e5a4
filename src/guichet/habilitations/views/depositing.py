"""Depositing, the thank-you page, going back to what was deposited, copying, the bin."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.domain.dossier.permissions import Act
from guichet.domain.identifiers import Siret
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import registers
from guichet.habilitations.operations import depositing, drafting
from guichet.habilitations.queries import applicant, life
from guichet.habilitations.views.form import form_bytes, save_typed, take_back
from guichet.habilitations.views.pages import form_url, page_of, render_form
from guichet.identities.access import ActorRequest, login_required
from guichet.web.uploads import takes_files


@takes_files(form_bytes)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def deposit(request: ActorRequest, number: int) -> HttpResponse:
    """Save what the form sends, then deposit; objections come back with the form.

    GET is the way back from a login that interrupted: what was typed is saved, nothing deposited.
    """
    if request.method != "POST":
        applicant.row_of(number, request.actor)
        take_back(request, number)
        return HttpResponseRedirect(form_url(number))
    if refused := save_typed(request, number):
        row = applicant.row_of(number, request.actor, Act.WRITE)
        return render_form(request, row, page_of(row, request.received_at, refused=refused))
    try:
        depositing.deposit(number=number, by=request.actor, at=request.received_at)
    except Refusal as refusal:
        if refusal.code is Code.NOTHING_CHANGED:
            return redirect("habilitations:summary", number)
        if not all("field" in objection.mapping for objection in refusal.all):
            raise
        row = applicant.row_of(number, request.actor, Act.WRITE)
        return render_form(request, row, page_of(row, request.received_at, strict=True))
    return redirect("habilitations:thanks", number)


@login_required
@require_safe
def thanks(request: ActorRequest, number: int) -> HttpResponse:
    """ "Merci !", with the number and what happens next."""
    row = applicant.row_of(number, request.actor)
    dossier = applicant.shown_of(row, request.actor)
    if dossier.deposited is None:
        return HttpResponseRedirect(form_url(number))
    context = {"dossier": dossier, "ahead": life.next_steps(row)}
    return render(request, "habilitations/thanks.html", context)


@login_required
@require_POST
def abandon(request: ActorRequest, number: int) -> HttpResponse:
    """Go back to what was deposited."""
    drafting.abandon_changes(number=number, by=request.actor, at=request.received_at)
    return redirect("habilitations:summary", number)


@login_required
@require_POST
def clone(request: ActorRequest, number: int) -> HttpResponse:
    """ "Renouveler à partir de ce dossier": a new draft with the same answers."""
    row = applicant.row_of(number, request.actor)
    found = registers.company_of(Siret(row.siret))
    known = None if found["answer"] == "unavailable" else found
    copy = drafting.clone(number=number, by=request.actor, at=request.received_at, company=known)
    return HttpResponseRedirect(form_url(copy))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def trash(request: ActorRequest, number: int) -> HttpResponse:
    """Ask, then put the dossier in the bin."""
    if request.method == "POST":
        drafting.trash(number=number, by=request.actor, at=request.received_at)
        return redirect("habilitations:start")
    row = applicant.row_of(number, request.actor, Act.DELETE)
    context = {"dossier": applicant.shown_of(row, request.actor), "tab": ""}
    return render(request, "habilitations/trash.html", context)


@login_required
@require_POST
def restore(request: ActorRequest, number: int) -> HttpResponse:
    """Take the dossier back from the bin."""
    drafting.restore(number=number, by=request.actor, at=request.received_at)
    return redirect("habilitations:summary", number)

"""Who writes in a dossier: invitations, a change of owner, and the links that come of them."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.domain.refusals import Refusal
from guichet.domain.texts import whole_number
from guichet.habilitations.forms.entry import InvitationForm
from guichet.habilitations.operations import sharing
from guichet.habilitations.queries import applicant, recoveries, shares
from guichet.identities.access import ActorRequest, login_required
from guichet.web.forms import status_of

OFFERS = {"invite": sharing.invite, "transfer": sharing.propose_transfer}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: ActorRequest, number: int) -> HttpResponse:
    """Who has access; invite, hand over, take back, leave."""
    posted = request.POST if request.method == "POST" else {}
    forms = {
        name: InvitationForm(posted if name in posted else None, prefix=name) for name in OFFERS
    }
    for name, form in forms.items():
        if form.is_bound and form.is_valid() and _offer(request, number, name, form):
            return redirect("habilitations:sharing", number)
    if "revoke" in posted or "leave" in posted:
        return _end(request, number)
    row = applicant.row_of(number, request.actor)
    context = {
        "dossier": applicant.shown_of(row, request.actor),
        "tab": "sharing",
        "shares": shares.shares(row, request.received_at),
        "asked": recoveries.asked_of_owner(row),
        **forms,
    }
    status = status_of(*forms.values())
    return render(request, "habilitations/sharing.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: ActorRequest, token: str) -> HttpResponse:
    """The link of an invitation: GET tells what is offered, POST accepts or declines."""
    by, at = request.actor, request.received_at
    if request.method == "POST" and "accept" in request.POST:
        number = sharing.accept(token=token, by=by, at=at)
        return redirect("habilitations:summary", number)
    if request.method == "POST":
        sharing.decline(token=token, by=by, at=at)
        return redirect("habilitations:start")
    offer = shares.offer(token, by, at)
    return render(request, "habilitations/invitation.html", {"offer": offer})


def _offer(request: ActorRequest, number: int, name: str, form: InvitationForm) -> bool:
    """Send the link; False when the address is refused, which the form then says."""
    try:
        OFFERS[name](
            number=number,
            email=form.cleaned_data["email"],
            by=request.actor,
            at=request.received_at,
        )
    except Refusal as refusal:
        if refusal.facts.get("field") != "email":
            raise
        form.add_objections(refusal.all)
        return False
    return True


def _end(request: ActorRequest, number: int) -> HttpResponse:
    """Take an access back, or give up one's own."""
    by, at = request.actor, request.received_at
    if "leave" in request.POST:
        applicant.row_of(number, by)
        sharing.leave(number=number, by=by, at=at)
        return redirect("habilitations:start")
    identifier = whole_number(request.POST["revoke"])
    sharing.revoke(number=number, participation=identifier, by=by, at=at)
    return redirect("habilitations:sharing", number)

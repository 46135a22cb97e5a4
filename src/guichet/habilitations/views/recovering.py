"""Dossiers of one's establishment: see which there are, ask for one, answer who asks."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.habilitations.operations import recovering
from guichet.habilitations.policy import policy
from guichet.habilitations.queries import recoveries
from guichet.identities.access import ActorRequest, VisitorRequest, login_required
from guichet.identities.providers import PROCONNECT


@never_cache
@login_required
@require_safe
def show(request: ActorRequest) -> HttpResponse:
    """Numbers, dates and states of the dossiers that colleagues own, or how to prove one is one."""
    who, at = request.actor, request.received_at
    if not recoveries.siret_of(who, at):
        proof = {"may_prove": PROCONNECT.is_offered, "was_proved": who.establishment is not None}
        return render(request, "habilitations/recovery/proof.html", proof)
    found = recoveries.colleagues(who, request.GET.get("page", "1"), at)
    context = {"found": found, "days": policy().recovery_delay.days}
    return render(request, "habilitations/recovery/establishment.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: ActorRequest, number: int) -> HttpResponse:
    """What will happen; then ask, or give up what one asked for."""
    who, at = request.actor, request.received_at
    if request.method == "POST":
        if "withdraw" in request.POST:
            recovering.withdraw(number=number, by=who, at=at)
        else:
            recovering.ask(number=number, by=who, at=at)
        return redirect("habilitations:establishment")
    context = {
        "found": recoveries.colleague_s(number, who, at),
        "days": policy().recovery_delay.days,
    }
    return render(request, "habilitations/recovery/ask.html", context)


@login_required
@require_POST
def reply(request: ActorRequest, number: int) -> HttpResponse:
    """The owner answers from the dossier itself."""
    accepts = "accept" in request.POST
    by, at = request.actor, request.received_at
    recovering.answer_as_owner(number=number, accepts=accepts, by=by, at=at)
    if accepts:
        return redirect("habilitations:start")
    return redirect("habilitations:sharing", number)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an e-mail, without a login: GET tells and changes nothing, POST answers."""
    asked = recoveries.asked(token)
    if request.method != "POST":
        return render(request, "habilitations/recovery/answer.html", {"asked": asked})
    accepts = "accept" in request.POST
    at = cast("VisitorRequest", request).received_at
    recovering.answer(token=token, accepts=accepts, at=at)
    context = {"asked": asked, "accepts": accepts}
    return render(request, "habilitations/recovery/answered.html", context)

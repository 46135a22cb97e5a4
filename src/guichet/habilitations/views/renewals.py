"""A new card: what the older ones held, asking to carry it over, and consenting to it."""

from collections.abc import Mapping
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.domain.refusals import Refusal
from guichet.habilitations.operations import renewing
from guichet.habilitations.policy import CarryOver, policy
from guichet.habilitations.queries import renewals
from guichet.identities.access import ActorRequest, login_required
from guichet.web.refusal_texts import explain_all

ANSWERS: Mapping[str, bool] = {"consentir": True, "refuser": False}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_renewal(request: ActorRequest) -> HttpResponse:
    """What the older cards of the same person held, structure by structure.

    Whoever came without a card is asked for the new one: it tells whose the older ones were.
    """
    if request.actor.card_number is None:
        return render(
            request, "habilitations/rights/renewal_card.html", status=HTTPStatus.FORBIDDEN
        )
    wrong = None
    if request.method == "POST":
        try:
            renewing.ask(
                national_id=request.POST.get("structure", ""),
                by=request.actor,
                at=request.received_at,
            )
            return HttpResponseRedirect(reverse("habilitations:renewal"))
        except Refusal as refusal:
            wrong = explain_all(refusal)[0]
    mode = policy().report_habilitation
    context = {
        "lapsing": renewals.lapsing(request.actor, request.received_at),
        "card_number": request.actor.card_number,
        "is_offered": mode is not CarryOver.NEW_DOSSIER,
        "is_automatic": mode is CarryOver.AUTOMATIC,
        "wrong": wrong,
    }
    status = wrong.status if wrong else HTTPStatus.OK
    return render(request, "habilitations/rights/renewal.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a representative's link: no login, one click. Raises INVITATION_INVALID."""
    at = request.received_at  # type: ignore[attr-defined]
    asked = renewals.consent(token, at)
    answer = request.POST.get("reponse", "")
    if request.method != "POST" or answer not in ANSWERS:
        return render(request, "habilitations/rights/renewal_consent.html", {"asked": asked})
    consents = ANSWERS[answer]
    renewing.answer(signed=token, consents=consents, at=at)
    context = {"asked": asked, "consents": consents}
    return render(request, "habilitations/rights/renewal_done.html", context)

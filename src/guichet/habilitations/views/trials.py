"""The self-service of developers: a test structure, its rights, until when."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from guichet.domain import trials
from guichet.domain.catalogue.twins import Environment
from guichet.domain.trials import TrialAsked
from guichet.habilitations.operations import trying
from guichet.habilitations.queries.trials import trials_of
from guichet.habilitations.trial_forms import TrialForm
from guichet.identities.access import ActorRequest, login_required
from guichet.web.forms import posted, refusals_on, status_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_trials(request: ActorRequest) -> HttpResponse:
    """The trials of the card in hand, and a form for one more. 404 in production."""
    trials.require_test(Environment(settings.GUICHET.environment))
    form = TrialForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, request):
            asked = TrialAsked.parse(**form.cleaned_data)
            trying.open_trial(asked=asked, by=request.actor, at=request.received_at)
            return HttpResponseRedirect(reverse("habilitations:trials"))
    found = trials_of(request.actor.card_number, request.received_at)
    context = {
        "form": form,
        "trials": found,
        "has_card": request.actor.card_number is not None,
        "left": trials.PER_CARD - len(found),
        "per_card": trials.PER_CARD,
        "days": trials.LIFE.days,
        "domain": trials.DOMAIN,
    }
    status = status_of(form)
    return render(request, "habilitations/trial/trials.html", context, status=status)


@login_required
@require_POST
def prolong_trial(request: ActorRequest, pk: int) -> HttpResponse:
    """Open one's own trial again, from now."""
    trying.prolong(pk=pk, by=request.actor, at=request.received_at)
    return HttpResponseRedirect(reverse("habilitations:trials"))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_trial(request: ActorRequest, pk: int) -> HttpResponse:
    """Ask, then close the rights of one's own trial. Safe to repeat."""
    if request.method == "POST":
        trying.end(pk=pk, by=request.actor, at=request.received_at)
        return HttpResponseRedirect(reverse("habilitations:trials"))
    trial = trying.own_trial(pk=pk, by=request.actor, at=request.received_at)
    return render(request, "habilitations/trial/end.html", {"trial": trial})

"""Break-glass: a role opened alone, ended, and reviewed by another person."""

from typing import Final

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.backoffice.forms.access import EmergencyForm, EmergencyReviewForm
from guichet.backoffice.views.access.framing import form_of, framed
from guichet.domain.access.emergencies import LASTS, openable
from guichet.domain.duties import Duty
from guichet.identities import access_queries, operations
from guichet.identities.access import (
    ActorRequest,
    duty_required,
    fresh_login_required,
    login_required,
)
from guichet.identities.words import ROLES
from guichet.web.forms import is_done

MINUTE_S: Final = 60


@never_cache
@duty_required(Duty.SEE_ROLES)
@require_safe
def list_emergencies(request: ActorRequest) -> HttpResponse:
    """Every emergency, those that wait for a review first."""
    at, actor = request.received_at, request.actor
    context = {
        "rows": [
            (row, ROLES.get(row.role, row.role), at < (row.ended_at or row.ends_at))
            for row in access_queries.emergencies()
        ],
        "may_open": actor.may(Duty.BREAK_GLASS) and actor.emergency is None,
        "may_review": actor.may(Duty.REVIEW_ROLES),
        "accounts": actor.accounts,
    }
    return framed(request, "emergencies", "emergencies", context)


@never_cache
@duty_required(Duty.BREAK_GLASS)
@fresh_login_required()
@require_http_methods(["GET", "HEAD", "POST"])
def open_one(request: ActorRequest) -> HttpResponse:
    """Open a role for an hour; everybody who watches is told at once."""
    form = form_of(request, EmergencyForm, roles=openable(request.actor.roles))

    def send() -> None:
        operations.open_emergency(by=request.actor, at=request.received_at, **form.cleaned_data)

    if is_done(request, form, send):
        return _back()
    minutes = int(LASTS.total_seconds()) // MINUTE_S
    return framed(request, "emergencies", "emergency", {"form": form, "minutes": minutes})


@login_required
@require_POST
def end_mine(request: ActorRequest) -> HttpResponseRedirect:
    """End the role that one opened."""
    operations.end_emergency(by=request.actor, at=request.received_at)
    return _back()


@never_cache
@duty_required(Duty.REVIEW_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: ActorRequest, number: int) -> HttpResponse:
    """Say what was found of an emergency that is over."""
    row = access_queries.emergency(number)
    form = form_of(request, EmergencyReviewForm)

    def send() -> None:
        note = form.cleaned_data["note"]
        operations.review_emergency(
            emergency_id=number, note=note, by=request.actor, at=request.received_at
        )

    if is_done(request, form, send):
        return _back()
    context = {"row": row, "role": ROLES.get(row.role, row.role), "form": form}
    return framed(request, "emergencies", "emergency_review", context)


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("backoffice:emergencies"))

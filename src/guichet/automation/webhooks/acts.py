"""Buttons on the page of a webhook: each does one thing and comes back to it."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from guichet.automation.webhooks import operations
from guichet.identities.access import ActorRequest, login_required

LOG = "#envois"


@login_required
@require_POST
def ping(request: ActorRequest, key: UUID) -> HttpResponse:
    """Have a test sent."""
    operations.ping(key=key, by=request.actor, at=request.received_at)
    return to_hook(key, LOG)


@login_required
@require_POST
def pause(request: ActorRequest, key: UUID) -> HttpResponse:
    """Let nothing leave for a while."""
    operations.pause(key=key, by=request.actor, at=request.received_at)
    return to_hook(key)


@login_required
@require_POST
def resume(request: ActorRequest, key: UUID) -> HttpResponse:
    """Send what waited, and what comes."""
    operations.resume(key=key, by=request.actor, at=request.received_at)
    return to_hook(key)


@login_required
@require_POST
def send_again(request: ActorRequest, key: UUID, delivery: UUID) -> HttpResponse:
    """Send a delivery once more."""
    by, at = request.actor, request.received_at
    operations.send_again(key=key, delivery=delivery, by=by, at=at)
    return to_hook(key, LOG)


def to_hook(key: UUID, place: str = "") -> HttpResponseRedirect:
    """Back to the page of a hook."""
    return HttpResponseRedirect(reverse("automates:webhooks:hook", args=[key]) + place)

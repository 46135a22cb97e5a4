"""What the four steps of DEMANDER share: the draft, the way back, the page's frame."""

from collections.abc import Callable
from functools import wraps
from typing import Final
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.identities.access import ActorRequest, login_required
from guichet.orders import queries
from guichet.orders.drafts import Draft
from guichet.orders.visibility import reach

STEPS: Final = 4
StepView = Callable[[ActorRequest, Draft], HttpResponse]
Address = Callable[..., HttpResponseBase]


def draft_step(step: int) -> Callable[[StepView], Address]:
    """The view of a step: somebody's own draft, unfinished, with the steps before complete.

    A finished draft leads to its final page, so that the back button orders nothing twice.
    """

    def decorate(view: StepView) -> Address:
        @never_cache
        @login_required
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def stepping(request: ActorRequest, key: UUID) -> HttpResponse:
            row = queries.draft(key, request.actor)
            if row.number is not None:
                return HttpResponseRedirect(reverse("orders:finished", args=[key]))
            draft = Draft.of(row, reach(request.actor, request.received_at))
            if step > draft.next_step:
                return HttpResponseRedirect(reverse(f"orders:step-{draft.next_step}", args=[key]))
            return view(request, draft)

        return stepping

    return decorate


def steps(draft: Draft | None) -> list[tuple[str, str | None]]:
    """The stepper's labels; steps within reach of a draft are links."""
    labels = (
        _("Offre et structure"),
        _("Nouveau produit"),
        _("Usage et informations"),
        _("CSR"),
        _("Finalisation"),
    )
    reached = draft.next_step if draft else 0
    return [
        (label, reverse(f"orders:step-{n}", args=[draft.key]) if draft and n <= reached else None)
        for n, label in enumerate(labels, 1)
    ]

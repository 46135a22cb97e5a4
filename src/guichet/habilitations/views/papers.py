"""The papers of a dossier as PDF: made on demand, never stored."""

from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.habilitations import papers
from guichet.habilitations.operations import instructing
from guichet.identities.access import ActorRequest, login_required
from guichet.web import environments


@never_cache
@login_required
@require_safe
def receipt(request: ActorRequest, number: int) -> HttpResponse:
    """The receipt of the last deposit (attestation de dépôt)."""
    return _answer(request, number, papers.receipt_of(number, request.actor), "attestation")


@never_cache
@login_required
@require_safe
def whole(request: ActorRequest, number: int) -> HttpResponse:
    """The whole declaration."""
    made = papers.dossier_of(number, request.actor, request.received_at)
    return _answer(request, number, made, "dossier")


@never_cache
@login_required
@require_safe
def decision(request: ActorRequest, number: int) -> HttpResponse:
    """The last decision."""
    return _answer(request, number, papers.decision_of(number, request.actor), "decision")


def _answer(request: ActorRequest, number: int, made: bytes | None, name: str) -> HttpResponse:
    if made is None:
        raise Http404
    if papers.is_staff(number, request.actor):
        instructing.see(number=number, by=request.actor, at=request.received_at)
    answer = HttpResponse(made, content_type="application/pdf")
    named = environments.marked(f"{name}-{number}.pdf")
    answer["Content-Disposition"] = f'attachment; filename="{named}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer

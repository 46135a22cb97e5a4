"""The page of a product sends back our challenge, signed by the key it found."""

from http import HTTPStatus

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from guichet.domain.refusals import Refusal
from guichet.identities.access import ActorRequest, login_required
from guichet.orders import operations
from guichet.web import watching
from guichet.web.problem import problem


@login_required
@require_POST
def prove(request: ActorRequest, number: int) -> HttpResponse:
    """204 once the key is shown to be held; otherwise a problem document."""
    try:
        operations.prove(
            product_number=number,
            challenge=request.POST.get("challenge", ""),
            signature=request.POST.get("signature", ""),
            by=request.actor,
            at=request.received_at,
        )
    except Refusal as refusal:
        watching.tell(request, refusal)
        return problem(refusal, request)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)

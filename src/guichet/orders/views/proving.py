"""The page of a product asks for a challenge, and sends it back signed by the key it found."""

from http import HTTPStatus

from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.domain.refusals import Refusal
from guichet.identities.access import ActorRequest, login_required
from guichet.orders import operations
from guichet.web import watching
from guichet.web.problem import problem


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: ActorRequest, number: int) -> HttpResponse:
    """A challenge of this minute, or 204 once one came back signed; otherwise a problem document.

    Raises Refusal(PRODUCT_UNKNOWN) when a challenge is asked for.
    """
    if request.method != "POST":
        challenge = operations.challenge(number, request.actor, request.received_at)
        return JsonResponse({"challenge": challenge})
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

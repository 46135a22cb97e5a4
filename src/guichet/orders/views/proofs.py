"""What the journal proves of a product: a page, and the same as a file."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.identities.access import ActorRequest, login_required
from guichet.journal import queries as journal
from guichet.orders import queries
from guichet.orders.proofs import as_json, proofs_of
from guichet.web.environments import marked


@never_cache
@login_required
@require_safe
def show_proofs(request: ActorRequest, number: int) -> HttpResponse:
    """The entries about the product, its order and its certificates, with their digests."""
    product = queries.product(number, request.actor, request.received_at)
    context = {
        "product": product,
        "proofs": proofs_of(product, request.actor),
        "head": journal.head(),
    }
    return render(request, "orders/proofs.html", context)


@never_cache
@login_required
@require_safe
def download_proofs(request: ActorRequest, number: int) -> JsonResponse:
    """The same entries, to be kept."""
    product = queries.product(number, request.actor, request.received_at)
    content = as_json(product, proofs_of(product, request.actor))
    answer = JsonResponse(content, json_dumps_params={"indent": 2, "ensure_ascii": False})
    named = marked(f"journal-{number}.json")
    answer["Content-Disposition"] = f'attachment; filename="{named}"'
    return answer

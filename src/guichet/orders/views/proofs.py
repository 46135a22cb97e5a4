"""What the journal proves of a product: a page, and the same as a file."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.identities.access import ActorRequest, login_required
from guichet.journal import queries as journal
from guichet.orders.evidence import evidence_of, product_for
from guichet.orders.proofs import as_json, proofs_of
from guichet.web.environments import marked


@never_cache
@login_required
@require_safe
def show_proofs(request: ActorRequest, number: int) -> HttpResponse:
    """The entries about the product, its order and its certificates, with their digests."""
    product = product_for(number, request.actor, request.received_at)
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
    product = product_for(number, request.actor, request.received_at)
    content = as_json(product, proofs_of(product, request.actor))
    return _kept(content, f"journal-{number}.json")


@never_cache
@login_required
@require_safe
def download_evidence(request: ActorRequest, number: int) -> JsonResponse:
    """The evidence file, which anybody can verify."""
    product = product_for(number, request.actor, request.received_at)
    content = evidence_of(product, request.actor, request.received_at)
    return _kept(content, f"preuve-{number}.json")


def _kept(content: dict[str, Any], name: str) -> JsonResponse:
    answer = JsonResponse(content, json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="{marked(name)}"'
    return answer

"""Mes clés: what a browser keeps, told beside what becomes of the orders it was made for."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.authority import queries as authority
from guichet.domain.orders.states import OrderState
from guichet.identities.access import ActorRequest, login_required
from guichet.orders import queries
from guichet.orders.key_pages import key_of_order
from guichet.orders.summaries import OrderSummary
from guichet.web.states import shown


@login_required
@require_safe
def show_keys(request: ActorRequest) -> HttpResponse:
    """The page; its script alone knows which keys there are."""
    return render(request, "orders/keys.html")


@never_cache
@login_required
@require_safe
def key_states(request: ActorRequest) -> JsonResponse:
    """Of keys named by their fingerprints or order numbers, the orders that the actor may see."""
    keys, numbers = request.GET.getlist("cle"), request.GET.getlist("demande")
    found = queries.orders_of_keys(keys, numbers, request.actor, request.received_at)
    return JsonResponse({"orders": [_told(order) for order in found]})


@never_cache
@login_required
@require_safe
def key_candidates(request: ActorRequest) -> JsonResponse:
    """The public halves that browsers made for the actor's orders: whose a recovery file may be."""
    orders = queries.orders_of_browser_keys(request.actor, request.received_at)
    issued = authority.certificates(order.certificate_id or 0 for order in orders)
    found = [(o, key_of_order(o, issued[o.certificate_id])) for o in orders if o.certificate_id]
    keys = [
        {"order": order.number, "name": key.name, "kind": key.kind, "spki": key.spki}
        for order, key in found
        if key.kind
    ]
    return JsonResponse({"keys": keys})


def _told(order: OrderSummary) -> dict[str, object]:
    state = shown(order.state)
    address, action = _next(order)
    return {
        "number": order.number,
        "key": order.spki_sha256,
        "order": reverse("orders:order", args=[order.number]),
        "state": str(state.label) if state else order.state.value,
        "kind": state.kind if state else "neutral",
        "address": address,
        "action": action,
    }


def _next(order: OrderSummary) -> tuple[str, str]:
    """What is to be done with the key now: nothing, until its certificate is there."""
    if order.product_number is not None:
        address = reverse("orders:product", args=[order.product_number])
        return f"{address}#cle", _("Créer le PKCS#12")
    if order.state is OrderState.AVAILABLE:
        return reverse("orders:withdraw", args=[order.number]), _("Retirer")
    return "", ""

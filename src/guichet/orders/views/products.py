"""The home page of the management of products."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guichet.identities.access import ActorRequest, login_required
from guichet.orders import home


@login_required
@require_safe
def show_products(request: ActorRequest) -> HttpResponse:
    """What the card may do: the deck's home page of the management of products."""
    section = home.habilitations_section(request)
    context = dict(section.context) if section else {}
    return render(request, "orders/products.html", context)

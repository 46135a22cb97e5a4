"""The first page of the back office, and the pages that its numbers lead to."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.automation.webhooks import waiting as webhooks
from guichet.backoffice import attention, dashboard, freshness, navigating
from guichet.backoffice.attention import Matter
from guichet.backoffice.dashboard import Number
from guichet.domain.duties import Duty
from guichet.domain.orders.states import OrderState
from guichet.habilitations.queries import overseen as dossiers
from guichet.identities.access import ActorRequest, duty_required
from guichet.identities.actors import Actor
from guichet.notifications import overseen as outbox
from guichet.orders import overseen
from guichet.web.states import shown_of_order

Linked = TypeVar("Linked", Number, Matter)


@never_cache
@duty_required(Duty.SEE_STATE)
@require_safe
def show_dashboard(request: ActorRequest) -> HttpResponse:
    """What needs somebody now, then orders, queues, ends and freshness."""
    who, at, desk = request.actor, request.received_at, dossiers.desk()
    context = {
        "matters": _openable(who, attention.matters(at, desk)),
        "orders": _openable(who, dashboard.orders()),
        "course": dashboard.course(at),
        "queues": _openable(who, dashboard.queues(desk)),
        "endings": _openable(who, dashboard.endings(at)),
        "published": tuple(freshness.published(at)),
        "processes": freshness.processes(),
        "registers": freshness.register_days().items(),
    }
    return render(request, "backoffice/dashboard.html", context)


@never_cache
@duty_required(Duty.SEARCH)
@require_safe
def list_orders(request: ActorRequest) -> HttpResponse:
    """The orders in one state, whose they may be."""
    asked = request.GET.get("etat", "")
    state = OrderState(asked) if asked in set(OrderState) else OrderState.FAILED
    page = overseen.orders_in(state, request.GET.get("page", "1"))
    states = [(s.value, str(shown_of_order(s).label), f"?etat={s.value}") for s in OrderState]
    context = {"page": page, "state": state, "states": states}
    return render(request, "backoffice/orders.html", context)


@never_cache
@duty_required(Duty.SEARCH)
@require_safe
def list_products(request: ActorRequest) -> HttpResponse:
    """The products that end soon."""
    asked = request.GET.get("jours", "")
    days = next((n for n in overseen.HORIZONS if str(n) == asked), overseen.HORIZONS[0])
    page = overseen.products_ending(days, request.GET.get("page", "1"), request.received_at)
    horizons = [
        (str(one), _("%(n)d jours") % {"n": one}, f"?jours={one}") for one in overseen.HORIZONS
    ]
    context = {"page": page, "days": str(days), "horizons": horizons}
    return render(request, "backoffice/products.html", context)


@never_cache
@duty_required(Duty.SEE_STATE)
@require_safe
def list_queues(request: ActorRequest) -> HttpResponse:
    """What does not leave: e-mails, and notices of webhooks."""
    context = {
        "mails": outbox.held(),
        "hooks": webhooks.failing(),
        "sees_people": request.actor.may(Duty.SEE_PEOPLE),
    }
    return render(request, "backoffice/queues.html", context)


def _openable(who: Actor, found: Iterable[Linked]) -> tuple[Linked, ...]:
    """The same, without the links to where this person may not go."""
    return tuple(replace(one, href=navigating.opened(who, one.href)) for one in found)

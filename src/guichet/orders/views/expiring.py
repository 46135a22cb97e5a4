"""What expires: the picture, the list, the calendar file, and the links to follow it."""

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from guichet.habilitations import queries as habilitations
from guichet.identities.access import ActorRequest, login_required
from guichet.orders import calendars, expiries, queries
from guichet.orders.expiries import ExpiryFilters
from guichet.orders.operations import calendar_links
from guichet.orders.policy import policy
from guichet.orders.renewal_forms import ExpiryFilterForm
from guichet.orders.views.tracking import tabs
from guichet.orders.visibility import reach

MADE = "orders.calendar"


@never_cache
@login_required
@require_safe
def show_expiries(request: ActorRequest) -> HttpResponse:
    """Twelve months of ends, by month and by structure, and what can be renewed now."""
    at = request.received_at
    seen = reach(request.actor, at).structure_ids
    names = habilitations.structures(seen)
    form = ExpiryFilterForm(request.GET, structures=names.values())
    filters = ExpiryFilters(
        structure_id=form.value("structure"),
        offer=form.value("offre"),
        month=_month(request.GET.get("mois", ""), at),
        page=request.GET.get("page", "1"),
    )
    found = expiries.expiries(request.actor, filters, at)
    context = {
        "tabs": tabs(),
        "filters": form,
        "chosen": filters,
        "found": found,
        "page": found.page,
        "opens_before": at + policy().renewal_opens,
        "may_see": bool(seen),
        "links": calendar_links.links_of(request.actor),
        "made": request.session.pop(MADE, None),
    }
    return render(request, "orders/expiries.html", context)


@login_required
@require_safe
def calendar(request: ActorRequest) -> HttpResponse:
    """Everything that expires, as a file for a calendar program."""
    structure = request.GET.get("structure", "")[:20]
    content = calendars.of_actor(request.actor, structure, request.received_at)
    return _file(content, "echeances.ics")


@login_required
@require_safe
def product_calendar(request: ActorRequest, number: int) -> HttpResponse:
    """The end of one product, as a file for a calendar program."""
    product = queries.product(number, request.actor, request.received_at)
    content = calendars.of_product(product, request.received_at)
    return _file(content, f"echeance-{number}.ics")


@never_cache
@require_safe
def followed(request: HttpRequest, token: str) -> HttpResponse:
    """What a secret link shows: read by programs, without login."""
    at: datetime = request.received_at  # type: ignore[attr-defined]
    return _file(calendars.of_link(token, at), "echeances.ics")


@login_required
@require_POST
def make_link(request: ActorRequest) -> HttpResponse:
    """A new link, shown once on the page that follows."""
    token = calendar_links.make(
        structure_id=request.POST.get("structure", "")[:20],
        language=calendars.language(),
        by=request.actor,
        at=request.received_at,
    )
    address = settings.GUICHET.portal_url + reverse("orders:calendar-followed", args=[token])
    request.session[MADE] = address
    return HttpResponseRedirect(reverse("orders:expiries") + "#abonnement")


@login_required
@require_POST
def end_link(request: ActorRequest, key: UUID) -> HttpResponse:
    """Whoever follows this link reads nothing more."""
    calendar_links.end(key=key, by=request.actor, at=request.received_at)
    return HttpResponseRedirect(reverse("orders:expiries") + "#abonnement")


def _file(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=calendars.MEDIA_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _month(text: str, at: datetime) -> date | None:
    """A month of the period, written 2027-03; anything else narrows nothing."""
    found = {f"{first:%Y-%m}": first for first in expiries.period(at)[:-1]}
    return found.get(text)

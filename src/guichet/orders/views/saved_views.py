"""Saved views of the inventory: named, renamed, opened first, forgotten."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from guichet.domain.refusals import Code, Refusal
from guichet.identities.access import ActorRequest, login_required
from guichet.orders import labels
from guichet.orders.label_forms import ViewForm
from guichet.orders.operations import viewing
from guichet.orders.views.inventory import filter_form
from guichet.orders.visibility import reach
from guichet.web.forms import posted, status_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: ActorRequest) -> HttpResponse:
    """Every view of this person; the address may carry filters to keep under a name."""
    query = filter_form(request, reach(request.actor, request.received_at)).query
    form = ViewForm(posted(request))
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        return _done(
            request,
            form,
            lambda: viewing.save_view(name=name, query=query, by=request.actor),
            f"{reverse('orders:inventory')}?{query or 'tout=1'}",
        )
    return _page(request, form, query=query)


@login_required
@require_POST
def rename(request: ActorRequest, key: UUID) -> HttpResponse:
    """Give a view another name."""
    form = ViewForm(request.POST)
    if not form.is_valid():
        return _page(request, form, renamed=key)
    name = form.cleaned_data["name"]
    return _done(
        request,
        form,
        lambda: viewing.rename_view(key=key, name=name, by=request.actor),
        reverse("orders:views"),
        renamed=key,
    )


@login_required
@require_POST
def open_first(request: ActorRequest, key: UUID) -> HttpResponse:
    """Open the inventory on this view, or no longer."""
    is_default = request.POST.get("premiere") == "oui"
    viewing.make_default(key=key, by=request.actor, is_default=is_default)
    return HttpResponseRedirect(reverse("orders:views"))


@login_required
@require_POST
def forget(request: ActorRequest, key: UUID) -> HttpResponse:
    """Forget a view."""
    viewing.delete_view(key=key, by=request.actor)
    return HttpResponseRedirect(reverse("orders:views"))


def _done(
    request: ActorRequest,
    form: ViewForm,
    act: Callable[[], object],
    address: str,
    renamed: UUID | None = None,
) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        if refusal.code is Code.VIEW_UNKNOWN:
            raise
        form.add_objections(refusal.all)
        return _page(request, form, renamed=renamed)
    return HttpResponseRedirect(address)


def _page(
    request: ActorRequest, form: ViewForm, *, query: str = "", renamed: UUID | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "query": query,
        "views": labels.views_of(request.actor),
        "renamed": renamed,
    }
    status = status_of(form)
    return render(request, "orders/views.html", context, status=status)

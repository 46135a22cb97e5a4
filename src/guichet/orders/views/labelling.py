"""The tags and the owner of one product."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.domain.orders.labels import Owner
from guichet.domain.refusals import Refusal
from guichet.identities.access import ActorRequest, login_required
from guichet.orders import labels, queries
from guichet.orders.label_forms import OwnerForm, TagForm
from guichet.orders.operations import labelling
from guichet.orders.summaries import ProductSummary
from guichet.orders.visibility import reach
from guichet.web import watching
from guichet.web.forms import status_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_labels(request: ActorRequest, number: int) -> HttpResponse:
    """Add or take off tags, name an owner; a refusal comes back with what was typed."""
    product = queries.product(number, request.actor, request.received_at)
    act = request.POST.get("acte", "")
    tag_form = TagForm(request.POST if act == "tag" else None)
    owner_form = OwnerForm(request.POST if act == "owner" else None, initial=_owner(product))
    form = {"tag": tag_form, "owner": owner_form}.get(act)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            _change(request, number, act)
        except Refusal as refusal:
            if form is None:
                raise
            watching.tell(request, refusal)
            form.add_objections(refusal.all)
        else:
            address = reverse("orders:product", args=[number])
            return HttpResponseRedirect(f"{address}#etiquettes")
    context = {
        "product": product,
        "tag_form": tag_form,
        "owner_form": owner_form,
        "known_tags": labels.tags_in([product.order.structure_id]),
        "may_handle": reach(request.actor, request.received_at).may_handle(
            product.order.structure_id, product.order.offer
        ),
    }
    status = status_of(tag_form, owner_form)
    return render(request, "orders/product_labels.html", context, status=status)


def _owner(product: ProductSummary) -> dict[str, str]:
    return {"owner_name": product.owner_name, "owner_email": product.owner_email}


def _change(request: ActorRequest, number: int, act: str) -> None:
    typed = request.POST
    by, at = request.actor, request.received_at
    if act == "owner":
        owner = Owner.parse(typed.get("owner_name", ""), typed.get("owner_email", ""))
        labelling.set_owner(products=[number], owner=owner, by=by, at=at)
    elif act == "tag":
        labelling.tag(products=[number], name=typed.get("tag", ""), by=by, at=at)
    elif act == "untag":
        labelling.untag(products=[number], name=typed.get("tag", ""), by=by, at=at)

"""SUIVRE, the inventory: filters, saved views, exports, and what is done to several products."""

import tempfile
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guichet.domain.orders.labels import Owner
from guichet.domain.texts import whole_number
from guichet.habilitations import queries as habilitations
from guichet.identities.access import ActorRequest, login_required
from guichet.orders import inventory_exports, labels, queries
from guichet.orders.label_forms import BulkForm, ViewForm
from guichet.orders.operations import exporting, labelling
from guichet.orders.views.filtering import InventoryFilterForm
from guichet.orders.views.tracking import framed
from guichet.orders.visibility import Reach, reach
from guichet.web import environments, spreadsheets
from guichet.web.forms import posted, refusals_on, status_of
from guichet.web.requests import gives_content
from guichet.web.spreadsheets import CSV, ODS, XLSX

IN_MEMORY: Final = 5_000_000
ALL: Final = "tout"
CHANGED: Final = "modifies"


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def list_products(request: ActorRequest) -> HttpResponse:
    """The inventory: "Gérer ses produits". Without filters, the view that opens it."""
    if not request.GET and request.method != "POST":
        opening = labels.default_view(request.actor)
        if opening is not None and opening.query:
            return HttpResponseRedirect(f"?{opening.query}")
    found = reach(request.actor, request.received_at)
    form = filter_form(request, found)
    bulk = BulkForm(posted(request))
    if request.method == "POST" and bulk.is_valid():
        with refusals_on(bulk, request):
            changed = _change(request, bulk.cleaned_data)
            query = urlencode([(CHANGED, changed)]) + (f"&{form.query}" if form.query else "")
            return HttpResponseRedirect(f"?{query}")
    status = status_of(bulk)
    return render(request, "orders/inventory.html", _page(request, form, bulk), status=status)


@never_cache
@login_required
@require_safe
def export(request: ActorRequest, ending: str) -> HttpResponseBase:
    """The list as narrowed, every page of it, in a file."""
    form = filter_form(request, reach(request.actor, request.received_at))
    at = request.received_at
    rows = inventory_exports.rows(request.actor, form.inventory(), at)
    if ending not in {"csv", "xlsx", "ods"}:
        raise Http404
    if gives_content(request):
        exporting.note_export(form=ending, query=form.query, by=request.actor, at=at)
    heading = inventory_exports.heading()
    answer: HttpResponseBase
    if ending == "csv":
        answer = StreamingHttpResponse(
            spreadsheets.table_lines(heading.rows, rows), content_type=CSV
        )
    else:
        write = spreadsheets.write_xlsx if ending == "xlsx" else spreadsheets.write_ods
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 the answer closes it
        write(file, [heading], ((0, row) for row in rows))
        file.seek(0)
        answer = FileResponse(file, content_type=XLSX if ending == "xlsx" else ODS)
    day = timezone.localdate().isoformat()
    named = environments.marked(f"parc-{day}.{ending}")
    answer["Content-Disposition"] = f'attachment; filename="{named}"'
    return answer


def filter_form(request: ActorRequest, found: Reach) -> InventoryFilterForm:
    """The filters of the address, with the structures and tags this person may choose among."""
    facts = habilitations.structures(found.structure_ids)
    structures = sorted((s.legal_name, s.national_id) for s in facts.values())
    return InventoryFilterForm(
        request.GET,
        structures=[(national_id, name) for name, national_id in structures],
        tags=labels.tags_in(found.structure_ids),
    )


def _page(request: ActorRequest, form: InventoryFilterForm, bulk: BulkForm) -> Mapping[str, Any]:
    filters = form.inventory(request.GET.get("page", "1"))
    page = queries.products_for(request.actor, filters, request.received_at)
    return {
        **framed(request, "inventory", form, page),
        "query": form.query,
        "views": labels.views_of(request.actor),
        "view_form": ViewForm(),
        "bulk": bulk,
        "ticked": set(request.POST.getlist("produit")),
        "changed": request.GET.get(CHANGED, ""),
        "all_ticked": "cocher" in request.GET,
        "everything": f"{reverse('orders:inventory')}?{ALL}=1",
    }


def _change(request: ActorRequest, asked: Mapping[str, Any]) -> int:
    """Do to the products ticked what was chosen; how many changed."""
    ticked = request.POST.getlist("produit")
    who: dict[str, Any] = {
        "products": [whole_number(number) for number in ticked],
        "by": request.actor,
        "at": request.received_at,
    }
    if asked["acte"] == "owner":
        owner = Owner.parse(asked["owner_name"], asked["owner_email"])
        return labelling.set_owner(owner=owner, **who)
    act = labelling.tag if asked["acte"] == "tag" else labelling.untag
    return act(name=asked["tag"], **who)

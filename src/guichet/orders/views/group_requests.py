"""Group orders: the request of each line, what will be ordered, and the certificates at the end."""

import io
import json
import zipfile
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.authority import queries as authority
from guichet.authority.queries import IssuedCertificate
from guichet.domain.orders.request_archives import ARCHIVE_AT_MOST
from guichet.domain.refusals import Objection, Refusal
from guichet.habilitations import queries as habilitations
from guichet.identities.access import ActorRequest, login_required
from guichet.identities.language import language_of_page
from guichet.orders import groups, operations
from guichet.orders.group_forms import ArchiveForm
from guichet.orders.groups import Group
from guichet.orders.key_pages import file_name, key_choice, key_of_order, known_of
from guichet.orders.operations import gathering, grouping
from guichet.orders.production_forms import ProductionForm
from guichet.orders.summaries import OrderSummary
from guichet.web import watching
from guichet.web.environments import marked
from guichet.web.forms import refusals_on, status_of
from guichet.web.problem import problem
from guichet.web.refusal_texts import Explained, explain
from guichet.web.uploads import takes_files
from guichet.x509 import bundles

FORM_OVERHEAD: Final = 100_000


@takes_files(lambda: ARCHIVE_AT_MOST + FORM_OVERHEAD)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def gather(request: ActorRequest, key: UUID) -> HttpResponse:
    """What will be ordered, and the requests: an archive, or keys made in the browser."""
    group = groups.group(key, request.actor, request.received_at)
    if group.placed_at is not None:
        return HttpResponseRedirect(reverse("orders:group", args=[key]))
    if not group.rows or grouping.objections(group, request.actor, request.received_at):
        return HttpResponseRedirect(reverse("orders:group-lines", args=[key]))
    form = ArchiveForm()
    gathered = None
    if request.method == "POST":
        form = ArchiveForm(request.POST, request.FILES)
        if form.is_valid():
            data = form.cleaned_data["archive"].read(ARCHIVE_AT_MOST + 1)
            with refusals_on(form, request):
                gathered = gathering.add_archive(
                    key=key, data=data, by=request.actor, at=request.received_at
                )
        group = groups.group(key, request.actor, request.received_at)
    return _page(request, group, form, gathered)


@login_required
@require_POST
def add_request(request: ActorRequest, key: UUID, position: int) -> HttpResponse:
    """The request of one line, made by the page: 204, or a problem document."""
    try:
        gathering.add_request(
            key=key,
            position=position,
            csr=request.POST.get("csr", "").encode(),
            key_origin="browser",
            by=request.actor,
            at=request.received_at,
        )
    except Refusal as refusal:
        watching.tell(request, refusal)
        return problem(refusal, request)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@login_required
@require_POST
def place(request: ActorRequest, key: UUID) -> HttpResponse:
    """Place every order, or none: then which lines are in the way is told."""
    confirmation = ProductionForm(request.POST)
    if not confirmation.is_valid():
        group = groups.group(key, request.actor, request.received_at)
        return _page(request, group, ArchiveForm(), None, confirmation=confirmation)
    try:
        grouping.place_group(
            key=key, by=request.actor, language=language_of_page(), at=request.received_at
        )
    except Refusal as refusal:
        group = groups.group(key, request.actor, request.received_at)
        watching.tell(request, refusal)
        return _page(request, group, ArchiveForm(), None, refused=refusal.all)
    return HttpResponseRedirect(f"{reverse('orders:group', args=[key])}?envoye=1")


@never_cache
@login_required
@require_safe
def list_certificates(request: ActorRequest, key: UUID) -> JsonResponse:
    """The withdrawn certificates and their chains, for the page that holds the keys."""
    group = groups.group(key, request.actor, request.received_at)
    told = [_told(request, order, issued) for order, issued in _withdrawn(group)]
    return JsonResponse({"certificates": told})


@never_cache
@login_required
@require_safe
def download_certificates(request: ActorRequest, key: UUID) -> HttpResponse:
    """A ZIP of the withdrawn certificates, each with its chain, for keys kept elsewhere."""
    group = groups.group(key, request.actor, request.received_at)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for order, issued in _withdrawn(group):
            chain = bundles.pem_chain([issued.der, *issued.chain_ders])
            archive.writestr(f"{order.number}-{file_name(order.beneficiary)}.pem", chain)
    answer = HttpResponse(written.getvalue(), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{marked("certificats.zip")}"'
    return answer


def _page(
    request: ActorRequest,
    group: Group,
    form: ArchiveForm,
    gathered: gathering.Gathered | None,
    *,
    refused: tuple[Objection, ...] = (),
    confirmation: ProductionForm | None = None,
) -> HttpResponse:
    names = {row.asked["structure_id"] for row in group.rows}
    structures = habilitations.structures(names)
    known = known_of(request.actor, *(s.legal_name for s in structures.values()))
    context: dict[str, Any] = {
        "group": group,
        "rows": [(row, structures.get(row.asked["structure_id"])) for row in group.rows],
        "form": form,
        "confirmation": confirmation or ProductionForm(),
        "gathered": gathered,
        "refused_files": gathered and [(f.name, _words(f.objections)) for f in gathered.refused],
        "refused": [(o.mapping.get("line"), explain(o)) for o in refused],
        "key_choice": key_choice(group.profile, "", known),
        "by_browser": any(row.key_origin == "browser" for row in group.rows),
        "to_make": json.dumps(_to_make(group)),
    }
    status = status_of(form, context["confirmation"], beside=refused)
    return render(request, "orders/group_requests.html", context, status=status)


def _to_make(group: Group) -> list[dict[str, Any]]:
    """The lines whose keys the page may make, and where it sends their requests."""
    return [
        {
            "position": row.position,
            "name": row.label,
            "address": reverse("orders:group-request", args=[group.key, row.position]),
        }
        for row in group.waiting
    ]


def _words(objections: tuple[Objection, ...]) -> list[Explained]:
    return [explain(objection) for objection in objections]


def _withdrawn(group: Group) -> Iterator[tuple[OrderSummary, IssuedCertificate]]:
    for order in group.orders:
        if order.product_number is not None and order.certificate_id is not None:
            yield order, authority.certificate(order.certificate_id)


def _told(request: ActorRequest, order: OrderSummary, issued: IssuedCertificate) -> dict[str, Any]:
    """What the page joins to a key it holds, and the challenge the key signs to prove itself."""
    number = order.product_number or 0
    key = key_of_order(order, issued)
    return {
        "name": f"{order.number} {order.beneficiary}",
        "product": number,
        "fingerprint": key.fingerprint,
        "kind": key.kind,
        "chain": bundles.pem_chain([issued.der, *issued.chain_ders]),
        "challenge": operations.challenge(number, request.actor, request.received_at),
        "proof": reverse("orders:prove", args=[number]),
    }

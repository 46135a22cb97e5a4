"""Services: the list, declaring one, its page, its certificates, its end."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guichet.associations import handing, operations, queries, statements
from guichet.associations.facts import ServiceFacts
from guichet.associations.forms import ServiceForm
from guichet.domain.associations import ServiceState
from guichet.domain.catalogue import authorities
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import queries as habilitations
from guichet.habilitations.structure_filter import StructureFilterForm
from guichet.identities.access import ActorRequest, login_required
from guichet.orders.certificate_choice import Choice, ChoiceForm
from guichet.web.forms import posted, refusals_on, status_of

FORM: Final = ["GET", "HEAD", "POST"]


@never_cache
@login_required
@require_safe
def show_services(request: ActorRequest) -> HttpResponse:
    """The services of one's structures, or what they are for where there are none."""
    actor, at = request.actor, request.received_at
    structures = habilitations.structures(queries.structures_of(actor, at))
    filters = StructureFilterForm(request.GET, structures=structures.values())
    wanted = {filters.chosen} if filters.chosen else structures.keys()
    page = queries.services_of(wanted, request.GET.get("page", "1"))
    lines = [(found, len(found.accepted(at))) for found in page.object_list]
    context = {"filters": filters, "page": page, "lines": lines, "may_see": bool(structures)}
    return render(request, "associations/services.html", context)


@never_cache
@login_required
@require_http_methods(FORM)
def declare(request: ActorRequest) -> HttpResponse:
    """Declare a service of one of the structures."""
    actor, at = request.actor, request.received_at
    structures = habilitations.structures(queries.structures_of(actor, at))
    if not structures:
        return render(request, "associations/no_right.html", status=HTTPStatus.FORBIDDEN)
    listed = sorted(structures.values(), key=lambda found: found.legal_name)
    initial = {"contact_email": actor.email, "structure": request.GET.get("structure", "")}
    form = ServiceForm(posted(request), structures=listed, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, request):
            asked = form.asked(authorities.ENVIRONMENT)
            return _to(operations.declare(asked=asked, by=actor, at=at).key)
    return _answer(request, "associations/form.html", {}, form)


@never_cache
@login_required
@require_safe
def show_service(request: ActorRequest, key: UUID) -> HttpResponse:
    """One service: its certificates, and its public keys to hand over."""
    service = queries.service(key, request.actor, request.received_at)
    context = {
        **_frame(service),
        "certificates": [(one, one.counts(request.received_at)) for one in service.certificates],
        "accepted": service.accepted(request.received_at),
        "has_statement": statements.statement_of(key) is not None,
    }
    return render(request, "associations/service.html", context)


@never_cache
@login_required
@require_http_methods(FORM)
def change(request: ActorRequest, key: UUID) -> HttpResponse:
    """Another name, other addresses."""
    actor, at = request.actor, request.received_at
    service = queries.service(key, actor, at)
    form = ServiceForm.changing(posted(request), service)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, request):
            asked = form.asked(service.environment)
            return _to(operations.change(key=key, asked=asked, by=actor, at=at).key)
    return _answer(request, "associations/form.html", _frame(service), form)


@never_cache
@login_required
@require_http_methods(FORM)
def attach(request: ActorRequest, key: UUID) -> HttpResponse:
    """Attach one of the structure's certificates, chosen among those found."""
    service = queries.service(key, request.actor, request.received_at)
    attached = {one.product for one in service.certificates}
    actor, at = request.actor, request.received_at
    choice = Choice.of(service.structure_id, request.GET, actor, at, but=attached)
    form = ChoiceForm(posted(request), choice)
    if request.method == "POST" and form.is_valid():
        number = int(form.cleaned_data["product"])
        with refusals_on(form, request):
            operations.attach(key=key, product=number, by=actor, at=at)
            return _to(key)
    context = {**_frame(service), **choice.context}
    return _answer(request, "associations/attach.html", context, form)


@never_cache
@login_required
@require_http_methods(FORM)
def detach(request: ActorRequest, key: UUID, product: int) -> HttpResponse:
    """Detach a certificate, after a page that says what stops."""
    actor, at = request.actor, request.received_at
    if request.method == "POST":
        operations.detach(key=key, product=product, by=actor, at=at)
        return _to(key)
    service = queries.service(key, actor, at)
    found = next((one for one in service.certificates if one.product == product), None)
    if found is None:
        raise Refusal(Code.ASSOCIATION_UNKNOWN)
    left = [one for one in service.accepted(at) if one.product != product]
    context = {**_frame(service), "certificate": found, "left": len(left)}
    return render(request, "associations/detach.html", context)


@never_cache
@login_required
@require_http_methods(FORM)
def close(request: ActorRequest, key: UUID) -> HttpResponse:
    """Close a service, after a page that says what stops."""
    if request.method == "POST":
        operations.close(key=key, by=request.actor, at=request.received_at)
        return _to(key)
    service = queries.service(key, request.actor, request.received_at)
    return render(request, "associations/close.html", _frame(service))


@never_cache
@login_required
@require_safe
def hand_over(request: ActorRequest, key: UUID, name: str) -> HttpResponse:
    """One file of the public keys that are accepted now."""
    service = queries.service(key, request.actor, request.received_at)
    content: str | bytes | None
    if name == statements.NAME:
        content, media_type = statements.statement_of(key), statements.MEDIA_TYPE
    else:
        form = handing.FORMS.get(name)
        content = form.write(service, request.received_at) if form else None
        media_type = form.media_type if form else ""
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _frame(service: ServiceFacts) -> dict[str, Any]:
    """What the pages of one service share."""
    return {"service": service, "is_open": service.state is ServiceState.OPEN}


def _to(key: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("associations:service", args=[key]))


def _answer(
    request: ActorRequest, template: str, context: Mapping[str, Any], form: Any
) -> HttpResponse:
    status = status_of(form)
    return render(request, template, {**context, "form": form}, status=status)

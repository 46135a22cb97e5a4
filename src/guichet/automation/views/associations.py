"""/associations: services and their certificates; and what relying parties poll."""

import json
from dataclasses import replace
from typing import Annotated, Any, Final
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from ninja import Header, Path, Query, Router, Status

from guichet.associations import operations, publishing, queries
from guichet.associations.operations import ServiceAsked
from guichet.automation import etags, rates, searching
from guichet.automation.association_schemas import (
    AttachBody,
    ServiceBody,
    ServiceChange,
    ServiceOut,
    ServicesPage,
    ServicesQuery,
    service_out,
)
from guichet.automation.authentication import caller, card_holder
from guichet.automation.responses import READ_PROBLEMS, WRITE_PROBLEMS
from guichet.domain.catalogue import authorities
from guichet.domain.machines import Verb
from guichet.domain.refusals import Refusal
from guichet.identities.actors import Actor
from guichet.orders import operations as orders
from guichet.web.problem import problem

router: Final = Router()
Key = Annotated[UUID, Path()]
IF_MATCH: Final = "ETag of the service as it was read: 412 when it changed since"
PUBLIC: Final = "public, max-age=1"


@router.get("", response={200: ServicesPage, **READ_PROBLEMS})
def list_services(request: HttpRequest, asked: Annotated[ServicesQuery, Query()]) -> ServicesPage:
    """Services of the structures that the caller sees whole, with their certificates."""
    at = timezone.now()
    seen = queries.structures_of(caller(request, Verb.READ), at)
    wanted = seen & {asked.structure} if asked.structure else seen
    found = queries.services_of(wanted, str(asked.page))
    return ServicesPage.of((service_out(one, at) for one in found.object_list), found)


@router.post("", response={201: ServiceOut, **WRITE_PROBLEMS})
def declare_service(request: HttpRequest, asked: ServiceBody) -> Status[ServiceOut]:
    """Declare a service; only a card does. Relying parties know it within a few seconds."""
    by, at = card_holder(request), timezone.now()
    with orders.telling_of_keys(sent=searching.texts(asked.model_dump(mode="json")), by=by, at=at):
        wanted = ServiceAsked(
            structure_id=asked.structure,
            client_id=asked.client_id,
            name=asked.name,
            environment=authorities.ENVIRONMENT,
            redirect_uris=tuple(asked.redirect_uris),
            post_logout_redirect_uris=tuple(asked.post_logout_redirect_uris),
            contact_email=asked.contact_email,
        )
        made = operations.declare(asked=wanted, by=by, at=at)
    return Status(201, service_out(made, at))


@router.get("/{key}", response={200: ServiceOut, **READ_PROBLEMS})
def get_service(request: HttpRequest, key: Key) -> ServiceOut:
    """One service with its certificates."""
    found = _shown(key, caller(request, Verb.READ))
    etags.note(request, etags.of([found]))
    return found


@router.patch("/{key}", response={200: ServiceOut, **WRITE_PROBLEMS})
def change_service(
    request: HttpRequest,
    key: Key,
    asked: ServiceChange,
    if_match: Annotated[str | None, Header(alias="If-Match", description=IF_MATCH)] = None,
) -> ServiceOut:
    """Give a service another name, contact or addresses; only a card does."""
    by, at = card_holder(request), timezone.now()
    sent = searching.texts(asked.model_dump(mode="json"))
    with orders.telling_of_keys(sent=sent, by=by, at=at), transaction.atomic():
        found = operations.lock(key=key, by=by, at=at)
        if if_match is not None:
            etags.require(if_match, etags.of([_shown(key, by)]))
        wanted = replace(ServiceAsked.of(found), **_named(asked))
        operations.change(key=key, asked=wanted, by=by, at=at)
        return _shown(key, by)


@router.post("/{key}/certificates", response={200: ServiceOut, **WRITE_PROBLEMS})
def attach_certificate(request: HttpRequest, key: Key, asked: AttachBody) -> ServiceOut:
    """Let a service present an ORG/AUTH_CLI product of its structure; only a card does."""
    by = card_holder(request)
    operations.attach(key=key, product=asked.product, by=by, at=timezone.now())
    return _shown(key, by)


@router.delete("/{key}/certificates/{product}", response={200: ServiceOut, **WRITE_PROBLEMS})
def detach_certificate(
    request: HttpRequest, key: Key, product: Annotated[int, Path(ge=1, le=2**53)]
) -> ServiceOut:
    """Let a service present a product no more, at once; only a card does."""
    by = card_holder(request)
    operations.detach(key=key, product=product, by=by, at=timezone.now())
    return _shown(key, by)


@router.post("/{key}/closure", response={200: ServiceOut, **WRITE_PROBLEMS})
def close_service(request: HttpRequest, key: Key) -> ServiceOut:
    """Close a service for good; its certificates are detached. Only a card does."""
    by = card_holder(request)
    operations.close(key=key, by=by, at=timezone.now())
    return _shown(key, by)


@require_safe
def show_published(request: HttpRequest) -> HttpResponse:
    """What relying parties accept of one client, for anybody who knows its identifier.

    Public: thumbprints and names of certificates, and addresses that browsers are sent to. Polled
    with If-None-Match, paced by network address; unknown and closed services are alike.
    """
    at = timezone.now()
    pace = rates.count(f"address:{request.META.get('REMOTE_ADDR', '')}", at)
    answer: HttpResponse
    try:
        rates.require(pace)
        service = queries.service_of_client(request.GET.get("client_id", "")[:100])
    except Refusal as refusal:
        answer = problem(refusal, request)
    else:
        content = json.dumps(publishing.told(service, at), ensure_ascii=False)
        answer = etags.answer(request, HttpResponse(content, content_type="application/json"))
        answer["Cache-Control"] = PUBLIC
    pace.tell(answer)
    return answer


def _named(asked: ServiceChange) -> dict[str, Any]:
    """What the body names, as the operation takes it."""
    given = asked.model_dump(exclude_none=True)
    return {name: tuple(v) if isinstance(v, list) else v for name, v in given.items()}


def _shown(key: UUID, by: Actor) -> ServiceOut:
    at = timezone.now()
    return service_out(queries.service(key, by, at), at)

"""Reading services: those of an actor's structures, and, for relying parties, those published."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from guichet.associations.facts import ServiceFacts, attachment_facts, service_facts
from guichet.associations.models import Attachment, Service
from guichet.authority import lookups
from guichet.domain.associations import ServiceState
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.orders.visibility import reach

SERVICES_A_PAGE: Final = 25
OF_PRODUCT_AT_MOST: Final = 200


def structures_of(actor: Actor, at: datetime) -> frozenset[str]:
    """The structures whose services somebody sees: those seen whole, by card or represented.

    A machine account sees those of the structure whose own rights it works by.
    """
    return reach(actor, at).whole


def services_of(structure_ids: Collection[str], page: str = "1") -> Page[Any]:
    """One page of ServiceFacts, open ones first, then by name; out of range gives the nearest."""
    rows = Service.objects.filter(structure_id__in=structure_ids)
    ordered = rows.order_by("-state", "name", "pk")
    found: Page[Any] = Paginator(ordered, SERVICES_A_PAGE).get_page(page)
    found.object_list = with_certificates(found.object_list)
    return found


def service(key: UUID, actor: Actor, at: datetime) -> ServiceFacts:
    """One service with its certificates. Raises Refusal(SERVICE_UNKNOWN)."""
    return with_certificates([visible_service(key, actor, at)])[0]


def services_of_product(product: int, actor: Actor, at: datetime) -> tuple[ServiceFacts, ...]:
    """The open services that present a product, of those that the actor sees."""
    return _presenting(_visible(actor, at), product)


def presenting(product: int) -> tuple[ServiceFacts, ...]:
    """The open services that present a product; all of them are of its structure."""
    return _presenting(Service.objects.all(), product)


def _presenting(services: QuerySet[Service], product: int) -> tuple[ServiceFacts, ...]:
    rows = services.filter(
        state=ServiceState.OPEN.value, attachments__product=product, attachments__ended_by=""
    )
    return tuple(map(service_facts, rows.order_by("name", "pk")[:OF_PRODUCT_AT_MOST]))


def service_of_client(client_id: str) -> ServiceFacts:
    """The open service of a client identifier. Raises Refusal(SERVICE_UNKNOWN)."""
    row = Service.objects.filter(client_id=client_id, state=ServiceState.OPEN.value).first()
    if row is None:
        raise Refusal(Code.SERVICE_UNKNOWN)
    return with_certificates([row])[0]


def open_services() -> tuple[ServiceFacts, ...]:
    """Every open service with its certificates, by client identifier: what is published."""
    rows = Service.objects.filter(state=ServiceState.OPEN.value).order_by("client_id")
    return tuple(with_certificates(rows))


def visible_service(key: UUID, actor: Actor, at: datetime) -> Service:
    """One row that the actor sees. Raises Refusal(SERVICE_UNKNOWN)."""
    row = _visible(actor, at).filter(key=key).first()
    if row is None:
        exists = Service.objects.filter(key=key).exists()
        raise Refusal(Code.SERVICE_UNKNOWN, hides=f"service:{key}" if exists else "")
    return row


def with_certificates(rows: Iterable[Service]) -> list[ServiceFacts]:
    """The frozen values of rows, with the certificates that were not detached."""
    services = list(rows)
    attached = Attachment.objects.filter(service__in=services, ended_by="").order_by("-pk")
    found = list(attached)
    revoked = lookups.revoked_among({row.certificate_id for row in found}) if found else ()
    of_service: dict[int, list[Attachment]] = {}
    for row in found:
        of_service.setdefault(row.service_id, []).append(row)
    return [
        service_facts(
            one,
            tuple(
                attachment_facts(row, is_revoked=row.certificate_id in revoked)
                for row in of_service.get(one.pk, ())
            ),
        )
        for one in services
    ]


def _visible(actor: Actor, at: datetime) -> QuerySet[Service]:
    return Service.objects.filter(structure_id__in=structures_of(actor, at))

"""Declaring services and closing them; attaching certificates and detaching them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self
from uuid import UUID

from django.db import IntegrityError, transaction

from guichet.associations.facts import ServiceFacts, service_facts
from guichet.associations.models import Attachment, Service
from guichet.associations.queries import structures_of, visible_service
from guichet.authority import queries as authority
from guichet.authority.queries import IssuedCertificate
from guichet.domain.associations import (
    ATTACHED_AT_MOST,
    SERVICES,
    SERVICES_AT_MOST,
    Candidate,
    ServiceAct,
    ServiceState,
    admit_client_id,
    admit_uris,
    require_fit,
)
from guichet.domain.catalogue.twins import Environment
from guichet.domain.identifiers import EmailAddress
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.domain.texts import clean
from guichet.habilitations import queries as habilitations
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.chain import Fact
from guichet.journal.events import Event
from guichet.orders import queries as orders
from guichet.orders.successors import Successor
from guichet.x509 import certificate

NAME_AT_MOST: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAsked:
    """What a service is to be; its structure, client and environment stay what they were."""

    structure_id: str
    client_id: str
    name: str
    environment: Environment
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    contact_email: str

    @classmethod
    def of(cls, service: ServiceFacts) -> Self:
        """What a service is already, to change a part of it."""
        return cls(
            structure_id=service.structure_id,
            client_id=service.client_id,
            name=service.name,
            environment=service.environment,
            redirect_uris=service.redirect_uris,
            post_logout_redirect_uris=service.post_logout_redirect_uris,
            contact_email=service.contact_email,
        )


@transaction.atomic
def declare(*, asked: ServiceAsked, by: Actor, at: datetime) -> ServiceFacts:
    """Declare a service of a structure.

    Raises Refusal: CARD_CALL_ONLY, STRUCTURE_UNKNOWN, SERVICES_TOO_MANY, CLIENT_ID_INVALID,
    CLIENT_ID_TAKEN, and those of `change`.
    """
    _require_person(by)
    if asked.structure_id not in structures_of(by, at):
        raise Refusal(Code.STRUCTURE_UNKNOWN, structure=asked.structure_id[:20])
    structure = habilitations.structure(asked.structure_id)
    is_open = Service.objects.filter(state=ServiceState.OPEN.value)
    if is_open.filter(structure_id=asked.structure_id).count() >= SERVICES_AT_MOST:
        raise Refusal(Code.SERVICES_TOO_MANY, limit=SERVICES_AT_MOST)
    row = Service(
        structure_id=asked.structure_id,
        structure_name=structure.legal_name,
        environment=asked.environment.value,
        created_at=at,
        created_by=by.label,
    )
    _describe(row, asked, at)
    _insert(row)
    _journal(Event.SERVICE_DECLARED, row, by, at)
    return service_facts(row)


def lock(*, key: UUID, by: Actor, at: datetime) -> ServiceFacts:
    """A service that nobody else changes before the caller's transaction ends.

    Raises Refusal: CARD_CALL_ONLY, SERVICE_UNKNOWN.
    """
    return service_facts(_locked(key, by, at))


@transaction.atomic
def change(*, key: UUID, asked: ServiceAsked, by: Actor, at: datetime) -> ServiceFacts:
    """Give a service another name, other addresses, another contact.

    Raises Refusal: CARD_CALL_ONLY, SERVICE_UNKNOWN, MOVE_FORBIDDEN (closed), REDIRECT_URI_INVALID,
    REDIRECT_URIS_TOO_MANY, EMAIL_INVALID, FIELD_MISSING, NAME_INVALID, NAME_TOO_LONG.
    """
    row = _locked(key, by, at)
    SERVICES.next(ServiceState(row.state), ServiceAct.CHANGE)
    _describe(row, asked, at)
    row.save()
    _journal(Event.SERVICE_CHANGED, row, by, at)
    return service_facts(row)


@transaction.atomic
def close(*, key: UUID, by: Actor, at: datetime) -> ServiceFacts:
    """Close a service: it is published no more, nor its certificates with it.

    Raises Refusal: CARD_CALL_ONLY, SERVICE_UNKNOWN, MOVE_FORBIDDEN (closed already).
    """
    row = _locked(key, by, at)
    row.state = SERVICES.next(ServiceState(row.state), ServiceAct.CLOSE).value
    row.closed_at = row.changed_at = at
    row.save(update_fields=["state", "closed_at", "changed_at"])
    row.attachments.filter(ended_by="").update(until=at, ended_by=by.label)
    _journal(Event.SERVICE_CLOSED, row, by, at)
    return service_facts(row)


@transaction.atomic
def attach(*, key: UUID, product: int, by: Actor, at: datetime) -> ServiceFacts:
    """Let a service present a product of its structure; others may present the same one.

    Raises Refusal: CARD_CALL_ONLY, SERVICE_UNKNOWN, MOVE_FORBIDDEN (closed), PRODUCT_UNKNOWN (also
    another structure's), ASSOCIATION_KIND, ASSOCIATION_NOT_LIVE, ASSOCIATION_ENVIRONMENT,
    ASSOCIATION_PRESENT, ASSOCIATIONS_TOO_MANY.
    """
    row = _locked(key, by, at)
    SERVICES.next(ServiceState(row.state), ServiceAct.CHANGE)
    issued = _fit(row, product, by, at)
    attached = row.attachments.filter(ended_by="")
    if attached.filter(product=product).exists():
        raise Refusal(Code.ASSOCIATION_PRESENT, field="product")
    if attached.filter(not_after__gt=at).count() >= ATTACHED_AT_MOST:
        raise Refusal(Code.ASSOCIATIONS_TOO_MANY, field="product", limit=ATTACHED_AT_MOST)
    _attach(row, product, issued, by, at)
    _journal(Event.CERTIFICATE_ATTACHED, row, by, at, product=product)
    return service_facts(row)


@transaction.atomic
def detach(*, key: UUID, product: int, by: Actor, at: datetime) -> ServiceFacts:
    """Let a service present a product no more, from now on.

    Raises Refusal: CARD_CALL_ONLY, SERVICE_UNKNOWN, ASSOCIATION_UNKNOWN.
    """
    row = _locked(key, by, at)
    ended = row.attachments.filter(product=product, ended_by="").update(until=at, ended_by=by.label)
    if not ended:
        raise Refusal(Code.ASSOCIATION_UNKNOWN)
    _touch(row, at)
    _journal(Event.CERTIFICATE_DETACHED, row, by, at, product=product)
    return service_facts(row)


def carry_over(successor: Successor, by: Actor, at: datetime) -> None:
    """Attach a renewal wherever the product it renews is; that one stays to its end.

    In the transaction that hands the renewal over; one entry of the journal for each service.
    """
    before = Attachment.objects.filter(product=successor.renews, ended_by="").order_by("pk")
    services = Service.objects.select_for_update().order_by("pk")
    concerned = services.filter(
        pk__in=before.values_list("service"), state=ServiceState.OPEN.value
    ).in_bulk()  # locked before their attachments, and all before the journal
    for old in before.select_for_update().filter(service__in=concerned):
        row = concerned[old.service_id]
        if row.attachments.filter(product=successor.product, ended_by="").exists():
            continue
        _attach(row, successor.product, successor.issued, by, at)
        old.until = old.not_after
        old.save(update_fields=["until"])
        facts = {"product": successor.product, "renews": successor.renews}
        _journal(Event.CERTIFICATE_CARRIED_OVER, row, by, at, **facts)


def _fit(row: Service, product: int, by: Actor, at: datetime) -> IssuedCertificate:
    """The certificate of a product that the service may present. Raises Refusal: see `attach`."""
    found = orders.product(product, by, at)
    if found.order.structure_id != row.structure_id:
        raise Refusal(Code.PRODUCT_UNKNOWN, field="product")
    issued = authority.certificate(found.certificate_id)
    candidate = Candidate(
        offer=found.order.offer,
        usage=found.order.usage,
        authority=issued.authority,
        not_after=issued.not_after,
        is_revoked=issued.revoked_at is not None,
    )
    require_fit(candidate, Environment(row.environment), at)
    return issued


def _require_person(by: Actor) -> None:
    if by.machine is not None:
        raise Refusal(Code.CARD_CALL_ONLY)


def _locked(key: UUID, by: Actor, at: datetime) -> Service:
    _require_person(by)
    seen = visible_service(key, by, at)
    return Service.objects.select_for_update().get(pk=seen.pk)


def _insert(row: Service) -> None:
    """The constraint decides, whoever declares at the same time."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refusal(Code.CLIENT_ID_TAKEN, field="client_id", client_id=row.client_id) from error


def _describe(row: Service, asked: ServiceAsked, at: datetime) -> None:
    """Raises Refusal with every objection, each naming its field."""
    environment = Environment(row.environment)
    found: list[Objection] = []
    try:
        row.name = clean(asked.name, limit=NAME_AT_MOST, field="name")
    except Refusal as refusal:
        found += refusal.all
    try:
        row.client_id = row.client_id or admit_client_id(asked.client_id)
    except Refusal as refusal:
        found += refusal.all
    try:
        row.contact_email = EmailAddress.parse(asked.contact_email).value
    except Refusal as refusal:
        facts = (*refusal.facts.items(), ("field", "contact_email"))
        found.append(Objection(refusal.code, facts))
    for field in ("redirect_uris", "post_logout_redirect_uris"):
        try:
            setattr(row, field, list(admit_uris(getattr(asked, field), environment, field)))
        except Refusal as refusal:
            found += refusal.all
    if found:
        raise Refusal(found[0].code, all=tuple(found))
    row.changed_at = at


def _attach(row: Service, product: int, issued: IssuedCertificate, by: Actor, at: datetime) -> None:
    Attachment.objects.create(
        service=row,
        product=product,
        certificate_id=issued.id,
        sha256=hashlib.sha256(issued.der).hexdigest(),
        subject=certificate.load(issued.der).subject.rfc4514_string(),
        serial_hex=issued.serial_hex,
        not_after=issued.not_after,
        since=at,
        attached_by=by.label,
    )
    _touch(row, at)


def _touch(row: Service, at: datetime) -> None:
    row.changed_at = at
    row.save(update_fields=["changed_at"])


def _journal(event: Event, row: Service, by: Actor, at: datetime, **facts: Fact) -> None:
    told = {"structure": row.structure_id, "client_id": row.client_id, **facts}
    journal.record(event, subject=str(row), actor=by.ref, at=at, facts=told)

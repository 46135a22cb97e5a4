"""Shapes of services and of their certificates in the REST API."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import Field

from guichet.associations.facts import AttachmentFacts, ServiceFacts
from guichet.automation.paged import Paged
from guichet.automation.schemas import Body, Filter, Line, Number, PageNumber
from guichet.domain.associations import URI_AT_MOST, URIS_AT_MOST, ServiceState
from guichet.domain.catalogue.twins import Environment

Uri = Annotated[str, Field(max_length=URI_AT_MOST)]
Uris = Annotated[list[Uri], Field(max_length=URIS_AT_MOST)]


class ServiceBody(Body):
    """A service to declare, in the environment of this counter."""

    structure: Line = Field(description="National structure identifier", examples=["10B0135356"])
    client_id: Line = Field(description="As the provider gave it", examples=["hopital-dpi"])
    name: Line = Field(description="For people", examples=["Dossier patient"])
    contact_email: Line = Field(description="Where to write about it")
    redirect_uris: Uris = []
    post_logout_redirect_uris: Uris = []


class ServiceChange(Body):
    """What changes in a service; what is left out stays."""

    name: Line | None = None
    contact_email: Line | None = None
    redirect_uris: Uris | None = None
    post_logout_redirect_uris: Uris | None = None


class AttachBody(Body):
    """A certificate to attach, by the number of its product."""

    product: Number


class AssociatedOut(Schema):
    """A certificate of a service; `accepted` tells whether relying parties take it now."""

    product: int
    sha256: str = Field(description="Of its DER, in hexadecimal")
    thumbprint: str = Field(description="The same in base64url: x5t#S256 (RFC 7515)")
    subject_dn: str = Field(description="RFC 4514")
    serial: str
    not_after: datetime
    attached_at: datetime
    until: datetime | None = Field(None, description="Set once its renewal is attached")
    accepted: bool


class ServiceOut(Schema):
    """A service and its certificates, the last one attached first."""

    id: UUID
    structure: str
    client_id: str
    name: str
    environment: Environment
    redirect_uris: list[str]
    post_logout_redirect_uris: list[str]
    contact_email: str
    state: ServiceState
    created_at: datetime
    created_by: str
    certificates: list[AssociatedOut]


class ServicesPage(Paged[ServiceOut]):
    """One page of services, open ones first."""


class ServicesQuery(Body):
    """What narrows a list of services."""

    structure: Filter = Field("", description="National structure identifier")
    page: PageNumber = 1


def service_out(service: ServiceFacts, at: datetime) -> ServiceOut:
    """The shape of a service."""
    return ServiceOut(
        id=service.key,
        structure=service.structure_id,
        client_id=service.client_id,
        name=service.name,
        environment=service.environment,
        redirect_uris=list(service.redirect_uris),
        post_logout_redirect_uris=list(service.post_logout_redirect_uris),
        contact_email=service.contact_email,
        state=service.state,
        created_at=service.created_at,
        created_by=service.created_by,
        certificates=[_associated(one, at) for one in service.certificates],
    )


def _associated(one: AttachmentFacts, at: datetime) -> AssociatedOut:
    return AssociatedOut(
        product=one.product,
        sha256=one.sha256,
        thumbprint=one.thumbprint,
        subject_dn=one.subject,
        serial=one.serial_hex,
        not_after=one.not_after,
        attached_at=one.since,
        until=one.until,
        accepted=one.counts(at),
    )

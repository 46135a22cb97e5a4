"""Shapes of the REST API about structures, rights and dossiers of habilitation."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from guichet.automation.paged import Paged
from guichet.automation.schemas import Body, Filter, PageNumber


class RightOut(Schema):
    """What the card may order for a structure, for one offer."""

    offer: str
    usages: list[str]
    domains: list[str]
    mail_domains: list[str]
    ends_at: datetime | None = None


class StructureOut(Schema):
    """A structure that the card may act for."""

    structure: str
    legal_name: str
    rights: list[RightOut]


class HabilitationOut(Schema):
    """A right in hand, open now; it ends at `ends_at`, if ever."""

    id: str
    structure: str
    offer: str
    usages: list[str]
    domains: list[str] = Field(description="Domains, each with every name below")
    servers: list[str] = Field(description="Single names of servers")
    mail_domains: list[str]
    services: list[str] = Field(description="Names of services; empty: any")
    starts_at: datetime
    ends_at: datetime | None = None
    editor: str = Field("", description="Who acts for the structure, by its delegation")


class DossierQuery(Body):
    """What narrows a list of dossiers."""

    text: Filter = Field("", description="Words of the structure, or its SIRET")
    page: PageNumber = 1


class DossierOut(Schema):
    """A deposited dossier of habilitation, and where it stands."""

    number: int
    state: str
    siret: str
    legal_name: str
    filed_at: datetime | None = None
    decided_at: datetime | None = None


class DossiersPage(Paged[DossierOut]):
    """One page of dossiers, the last changed first."""

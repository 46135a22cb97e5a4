"""Shapes of the REST API about machine accounts and their credentials."""

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from guichet.automation.schemas import Body, Line, Number
from guichet.domain.machines import CredentialKind, Verb


class MachineBody(Body):
    """A machine account to open, within the rights of the card."""

    name: Line = Field(examples=["Renouvellement du portail"])
    structure: Line = Field(description="National structure identifier", examples=["10B0135356"])
    delegation: int | None = Field(None, ge=1, description="Delegation that it acts under, if any")
    verbs: frozenset[Verb] = Field(description="What it may do")
    profiles: frozenset[Line] = Field(
        description="What it may order", examples=[["SERV/SSL_SERV"]], max_length=50
    )
    names: list[Line] = Field([], description="Servers' names, each with all below", max_length=50)
    services: list[Line] = Field([], description="Names of services; empty: any", max_length=50)
    contact_email: Line = Field(description="Where to write about it")
    ends_at: datetime | None = Field(None, description="When it ends, if it does")


class MachineOut(Schema):
    """A machine account and its limits."""

    id: UUID
    name: str
    structure: str
    delegation: int | None = Field(None, description="Delegation that it acts under, if any")
    verbs: list[Verb] = Field(description="What it may do")
    profiles: list[str] = Field(description="What it may order")
    names: list[str] = Field(description="Servers' names, each with all below")
    services: list[str] = Field(description="Names of services; empty: any")
    contact_email: str = Field(description="Where to write about it")
    created_at: datetime
    created_by: str
    ends_at: datetime | None = Field(None, description="When it ends, if it does")
    disabled_at: datetime | None = None
    last_used_at: datetime | None = None
    last_used_by: str = Field("", description="Last protocol: api, acme or est")


class CredentialBody(Body):
    """A secret to make, or the certificate of a product to bind (`kind` certificate)."""

    kind: CredentialKind
    label: Line = Field("", description="What it is for")
    product: Number | None = Field(None, description="Product whose certificate is bound")


class CredentialOut(Schema):
    """A credential: never its secret, at most its first characters."""

    id: UUID
    kind: CredentialKind
    label: str
    hint: str = Field(description="First characters of the secret, or of the fingerprint")
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    used_at: datetime | None = Field(None, description="When it served, if it serves once")
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class CredentialMade(CredentialOut):
    """A credential just made: its secret is shown this once."""

    secret: str = Field("", description="Shown this once; of an EAB key, its key identifier")
    mac_key: str = Field("", description="Of an EAB key: its HMAC key, base64url (RFC 8555)")

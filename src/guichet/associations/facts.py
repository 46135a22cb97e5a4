"""What pages, programs and publishers are told of services: frozen values, no rows."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from guichet.associations.models import Attachment, Service
from guichet.domain.associations import ServiceState
from guichet.domain.catalogue.twins import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentFacts:
    """A certificate that a service presents, from `since` to `until` (None: to its own end).

    `sha256` is of its DER, in hexadecimal; `subject` is RFC 4514 text.
    """

    product: int
    certificate_id: int
    sha256: str
    subject: str
    serial_hex: str
    not_after: datetime
    since: datetime
    until: datetime | None
    attached_by: str
    is_revoked: bool

    @property
    def thumbprint(self) -> str:
        """x5t#S256, base64url without padding (RFC 7515 section 4.1.8)."""
        return urlsafe_b64encode(bytes.fromhex(self.sha256)).rstrip(b"=").decode()

    def counts(self, at: datetime) -> bool:
        """Whether a relying party is to accept it: associated, in its time and not revoked."""
        ends = self.not_after if self.until is None else min(self.until, self.not_after)
        return self.since <= at < ends and not self.is_revoked


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFacts:
    """A service; its certificates, where they were asked for, are those not detached."""

    key: UUID
    structure_id: str
    structure_name: str
    client_id: str
    name: str
    environment: Environment
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    contact_email: str
    state: ServiceState
    created_at: datetime
    created_by: str
    changed_at: datetime
    closed_at: datetime | None
    certificates: tuple[AttachmentFacts, ...] = ()

    def accepted(self, at: datetime) -> tuple[AttachmentFacts, ...]:
        """The certificates that relying parties accept for it, the last one attached first."""
        return tuple(found for found in self.certificates if found.counts(at))


def service_facts(row: Service, certificates: tuple[AttachmentFacts, ...] = ()) -> ServiceFacts:
    """Of a stored service."""
    return ServiceFacts(
        key=row.key,
        structure_id=row.structure_id,
        structure_name=row.structure_name,
        client_id=row.client_id,
        name=row.name,
        environment=Environment(row.environment),
        redirect_uris=tuple(row.redirect_uris),
        post_logout_redirect_uris=tuple(row.post_logout_redirect_uris),
        contact_email=row.contact_email,
        state=ServiceState(row.state),
        created_at=row.created_at,
        created_by=row.created_by,
        changed_at=row.changed_at,
        closed_at=row.closed_at,
        certificates=certificates,
    )


def attachment_facts(row: Attachment, *, is_revoked: bool) -> AttachmentFacts:
    """Of a stored attachment, and what the authority says of its certificate."""
    return AttachmentFacts(
        product=row.product,
        certificate_id=row.certificate_id,
        sha256=row.sha256,
        subject=row.subject,
        serial_hex=row.serial_hex,
        not_after=row.not_after,
        since=row.since,
        until=row.until,
        attached_by=row.attached_by,
        is_revoked=is_revoked,
    )

"""What others may know of authorities and of their certificates, as frozen values."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from guichet.authority import issuers
from guichet.authority.models import CertificationAuthority, CrossCertificate
from guichet.domain.certificates import authority_states
from guichet.domain.certificates.authority_states import AuthorityState, Work
from guichet.domain.refusals import Code, Refusal
from guichet.x509 import certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """One generation of an authority: `parent` is None for a root.

    `state` is the one that counts, `serial_hex` that of its own certificate, `crossings` how many
    other issuers certified it.
    """

    code: str
    parent: str | None
    certificate_der: bytes
    state: AuthorityState = AuthorityState.ACTIVE
    serial_hex: str = ""
    crossings: int = 0

    def permits(self, work: Work) -> bool:
        """Tell whether its key signs this."""
        return authority_states.permits(self.state, work)

    @property
    def ends(self) -> datetime:
        """When its certificate does."""
        return certificate.load(self.certificate_der).not_valid_after_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """An authority certified by an issuer that is not its own."""

    code: str
    issuer: str
    certificate_der: bytes

    @property
    def name(self) -> str:
        """What its file is called, without its extension."""
        return f"{self.code}-by-{self.issuer}"


def authorities() -> tuple[Authority, ...]:
    """Every authority, each after the one that signed it."""
    rows = CertificationAuthority.objects.select_related("parent").order_by("pk")
    return tuple(
        Authority(
            code=row.code,
            parent=row.parent.code if row.parent else None,
            certificate_der=bytes(row.der),
            state=issuers.state_of(row),
            serial_hex=row.serial_hex,
            crossings=row.crossings,
        )
        for row in rows.annotate(crossings=Count("crosses"))
    )


def crossings() -> tuple[Crossing, ...]:
    """Every certificate of an authority by another issuer, the oldest first."""
    rows = CrossCertificate.objects.select_related("authority", "issuer", "certificate")
    return tuple(
        Crossing(
            code=row.authority.code,
            issuer=row.issuer.code,
            certificate_der=bytes(row.certificate.der),
        )
        for row in rows.order_by("pk")
    )


def authority_certificate(code: str) -> bytes:
    """The certificate (DER) of an authority by full code. Raises Refusal(PROFILE_UNKNOWN)."""
    row = CertificationAuthority.objects.filter(code=code).first()
    if row is None:
        raise Refusal(Code.PROFILE_UNKNOWN, authority=code)
    return bytes(row.der)

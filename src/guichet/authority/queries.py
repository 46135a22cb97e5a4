"""What others may know of authorities, signing requests and certificates, as frozen values."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from django.db.models import QuerySet

from guichet.authority import crl_records
from guichet.authority.authority_facts import Authority, authorities, authority_certificate
from guichet.authority.models import BurntKey, Certificate, Crl, SigningRequest
from guichet.domain.certificates.crl_policy import CrlKind
from guichet.domain.certificates.csr_policy import KeyPast
from guichet.domain.certificates.extensions import WHOLE, list_name
from guichet.domain.certificates.states import SigningState
from guichet.domain.refusals import Code, Refusal
from guichet.x509.certificate import serial_hex as written
from guichet.x509.crl import Reason

__all__ = [
    "Authority",
    "CertificateStatus",
    "CrlFacts",
    "IssuedCertificate",
    "IssuedCrl",
    "SigningStatus",
    "authorities",
    "authority_certificate",
    "certificate",
    "certificates",
    "find_certificate",
    "issued_with_references",
    "key_past",
    "key_pasts",
    "last_crl",
    "last_lists",
    "request_of",
    "serial_of",
    "signing_status",
    "statuses_after",
    "statuses_to_publish",
]
ABANDONED: Final = (SigningState.REFUSED.value, SigningState.FAILED.value)
PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class SigningStatus:
    """Where a signing request stands; `failure` says why when it is refused or failed."""

    state: SigningState
    certificate_id: int | None
    failure: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCertificate:
    """One certificate. `chain_ders` goes from its issuer to the root; `der` is not in it."""

    id: int
    reference: str | None
    authority: str
    profile: str
    serial_hex: str
    der: bytes
    chain_ders: tuple[bytes, ...]
    not_before: datetime
    not_after: datetime
    revoked_at: datetime | None
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateStatus:
    """What OCSP says of one certificate; `serial` as in the certificate.

    `changed_at` is the exact instant since when it does; a revocation is told in whole seconds.
    """

    certificate_id: int
    authority: str
    serial: int
    changed_at: datetime
    revoked_at: datetime | None
    reason: Reason | None

    @classmethod
    def of(cls, row: Certificate) -> Self:
        """From the stored row."""
        return cls(
            certificate_id=row.pk,
            authority=row.authority.code,
            serial=serial_of(row.serial_hex),
            changed_at=row.changed_at,
            revoked_at=row.revoked_at,
            reason=Reason(row.reason) if row.reason else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlFacts:
    """What is known of a CRL: that of everything an authority issued (shard 0), or of a shard.

    `size` is in octets, `sha256` in hexadecimal; a delta names the number it adds to.
    """

    authority: str
    shard: int
    kind: CrlKind
    number: int
    base_number: int | None
    entries: int
    size: int
    sha256: str
    this_update: datetime
    next_update: datetime

    @property
    def scope(self) -> str:
        """What the journal calls its scope: "ACI-EL-ORG-TEST", "ACI-EL-ORG-TEST-2"."""
        return list_name(self.authority, self.shard)

    @property
    def name(self) -> str:
        """What its file is called, without ".crl"."""
        return list_name(self.authority, self.shard, is_delta=self.kind is CrlKind.DELTA)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCrl(CrlFacts):
    """A CRL with its octets."""

    der: bytes


def signing_status(request_id: UUID) -> SigningStatus:
    """Where a signing request stands. Raises Refusal(ORDER_UNKNOWN)."""
    row = SigningRequest.objects.filter(pk=request_id).select_related("certificate").first()
    if row is None:
        raise Refusal(Code.ORDER_UNKNOWN)
    issued = row.state == SigningState.ISSUED
    return SigningStatus(
        SigningState(row.state), row.certificate.pk if issued else None, row.failure or None
    )


def request_of(reference: str) -> UUID | None:
    """The signing request with this reference, if there is one."""
    row = SigningRequest.objects.filter(reference=reference).only("id").first()
    return row.id if row else None


def certificate(certificate_id: int) -> IssuedCertificate:
    """One certificate. Raises Refusal(PRODUCT_UNKNOWN)."""
    found = certificates([certificate_id])
    if certificate_id not in found:
        raise Refusal(Code.PRODUCT_UNKNOWN)
    return found[certificate_id]


def certificates(ids: Iterable[int]) -> Mapping[int, IssuedCertificate]:
    """Certificates by identifier; the unknown ones are left out."""
    return {found.id: found for found in _issued(Certificate.objects.filter(pk__in=list(ids)))}


def find_certificate(serial: str) -> IssuedCertificate | None:
    """By serial number in hexadecimal, with or without colons, whatever the case."""
    try:
        digits = written(int(serial.replace(":", "").strip(), 16))
    except (ValueError, OverflowError):
        return None
    return next(iter(_issued(Certificate.objects.filter(serial_hex=digits))), None)


def issued_with_references(prefix: str) -> Mapping[str, int]:
    """Certificate identifiers by the reference of their request, for references with a prefix."""
    rows = Certificate.objects.filter(request__reference__startswith=prefix)
    return dict(rows.values_list("request__reference", "pk"))


def key_past(spki_sha256: str, *, besides: UUID | None = None) -> KeyPast:
    """Whether this public key is burnt, or was asked for or certified `besides` one request."""
    if BurntKey.objects.filter(spki_sha256=spki_sha256).exists():
        return KeyPast.BURNT
    asked = SigningRequest.objects.filter(spki_sha256=spki_sha256).exclude(state__in=ABANDONED)
    if besides is not None:
        asked = asked.exclude(pk=besides)
    if asked.exists():
        return KeyPast.SEEN
    is_certified = Certificate.objects.filter(spki_sha256=spki_sha256).exists()
    return KeyPast.SEEN if is_certified else KeyPast.UNSEEN


def key_pasts(requests: Mapping[UUID, str]) -> Mapping[UUID, KeyPast]:
    """As `key_past`, for the keys of several requests that wait, each besides itself.

    The database tells of the keys that have a past: of most there is nothing to tell.
    """
    keys = set(requests.values())
    burnt = BurntKey.objects.filter(spki_sha256__among=keys).values_list("spki_sha256", flat=True)
    asked = SigningRequest.objects.filter(spki_sha256__among=keys).exclude(state__in=ABANDONED)
    asked = asked.exclude(pk__among=requests)
    carried = Certificate.objects.filter(spki_sha256__among=keys)
    seen = {
        *asked.values_list("spki_sha256", flat=True),
        *carried.values_list("spki_sha256", flat=True),
        *(key for key, count in Counter(requests.values()).items() if count > 1),
    }
    past = dict.fromkeys(seen, KeyPast.SEEN) | dict.fromkeys(burnt, KeyPast.BURNT)
    return {request: past.get(key, KeyPast.UNSEEN) for request, key in requests.items()}


def statuses_to_publish(limit: int = PAGE) -> tuple[CertificateStatus, ...]:
    """Statuses that changed since they were last published, oldest certificates first."""
    rows = Certificate.objects.filter(to_publish=True).select_related("authority").order_by("pk")
    return tuple(map(CertificateStatus.of, rows.defer("der", "crl_entry")[:limit]))


def statuses_after(certificate_id: int, limit: int = PAGE) -> tuple[CertificateStatus, ...]:
    """Statuses of every certificate whose identifier is greater, in order: for a full export."""
    rows = Certificate.objects.filter(pk__gt=certificate_id).select_related("authority")
    return tuple(map(CertificateStatus.of, rows.order_by("pk").defer("der", "crl_entry")[:limit]))


def last_lists() -> tuple[CrlFacts, ...]:
    """The last CRL of each scope and kind, complete before delta; none before the first."""
    return tuple(
        CrlFacts(**_crl_facts(found.scope.authority.code, row))
        for found in crl_records.latest()
        for row in found.last.values()
    )


def last_crl(code: str, shard: int = WHOLE, kind: CrlKind = CrlKind.FULL) -> IssuedCrl | None:
    """The last CRL of a scope, complete unless asked otherwise; None before the first."""
    rows = Crl.objects.filter(authority__code=code, shard=shard, kind=kind.value)
    row = rows.order_by("-number").first()
    return None if row is None else IssuedCrl(**_crl_facts(code, row), der=crl_records.octets(row))


def _crl_facts(code: str, row: Crl) -> dict[str, Any]:
    return {
        "authority": code,
        "shard": row.shard,
        "kind": CrlKind(row.kind),
        "number": row.number,
        "base_number": row.base_number,
        "entries": row.entries,
        "size": row.size,
        "sha256": row.sha256,
        "this_update": row.this_update,
        "next_update": row.next_update,
    }


def serial_of(serial_hex: str) -> int:
    """The number that a serial in hexadecimal with colons writes."""
    return int(serial_hex.replace(":", ""), 16)


def _issued(rows: QuerySet[Certificate]) -> list[IssuedCertificate]:
    found = list(rows.select_related("authority", "request"))
    if not found:
        return []
    by_code = {authority.code: authority for authority in authorities()}
    return [
        IssuedCertificate(
            id=row.pk,
            reference=row.request.reference if row.request else None,
            authority=row.authority.code,
            profile=row.profile,
            serial_hex=row.serial_hex,
            der=bytes(row.der),
            chain_ders=_chain(by_code, row.authority.code),
            not_before=row.not_before,
            not_after=row.not_after,
            revoked_at=row.revoked_at,
            reason=Reason(row.reason) if row.reason else None,
        )
        for row in found
    ]


def _chain(by_code: Mapping[str, Authority], code: str) -> tuple[bytes, ...]:
    chain: list[bytes] = []
    above: str | None = code
    while above:
        chain.append(by_code[above].certificate_der)
        above = by_code[above].parent
    return tuple(chain)

"""Looking up many certificates at once, without their octets: what an incident needs."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final
from uuid import UUID

from guichet.authority.models import Certificate, SigningRequest
from guichet.authority.queries import serial_of
from guichet.authority.revoking import Revocation
from guichet.domain.certificates.states import SigningState
from guichet.x509.certificate import serial_hex
from guichet.x509.crl import Reason

CHUNK: Final = 1000
DONE: Final = tuple(
    s.value for s in (SigningState.ISSUED, SigningState.REFUSED, SigningState.FAILED)
)


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate issued here, and whether it is revoked."""

    certificate_id: int
    is_revoked: bool


def by_serial(serials: Iterable[int]) -> Mapping[int, Held]:
    """Certificates by serial number; those not issued here are left out."""
    return dict(_by_serial(serials))


def _by_serial(serials: Iterable[int]) -> Iterator[tuple[int, Held]]:
    remaining = iter(serials)
    while chunk := list(islice(remaining, CHUNK)):
        rows = Certificate.objects.filter(serial_hex__in=map(serial_hex, chunk))
        for pk, written, rank in rows.values_list("pk", "serial_hex", "revocation_index"):
            yield serial_of(written), Held(pk, rank is not None)


def references(certificate_ids: Collection[int]) -> tuple[str, ...]:
    """The references of the requests that these certificates answered."""
    rows = Certificate.objects.filter(pk__in=certificate_ids, request__isnull=False)
    return tuple(filter(None, rows.values_list("request__reference", flat=True)))


def revocations(certificate_ids: Collection[int]) -> Iterator[Revocation]:
    """When and why those of these certificates that are revoked were so."""
    rows = Certificate.objects.filter(pk__in=certificate_ids, revoked_at__isnull=False)
    for pk, revoked_at, reason in rows.values_list("pk", "revoked_at", "reason"):
        if revoked_at is not None:
            yield Revocation(pk, revoked_at, Reason(reason) if reason else Reason.UNSPECIFIED)


def revoked_among(certificate_ids: Collection[int]) -> frozenset[int]:
    """Those of these certificates that are revoked."""
    rows = Certificate.objects.filter(pk__in=certificate_ids, revoked_at__isnull=False)
    return frozenset(rows.values_list("pk", flat=True))


def settled(requests: Collection[UUID]) -> frozenset[UUID]:
    """Those of these signing requests with which the signer has done: issued, refused or failed."""
    rows = SigningRequest.objects.filter(pk__in=requests, state__in=DONE)
    return frozenset(rows.values_list("pk", flat=True))

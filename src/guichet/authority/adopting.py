"""What was published since a backup and a restored database does not hold.

A lost certificate is adopted: held by its serial number alone, so that OCSP and lists go on telling
it and nobody is given the same serial. A lost revocation is put back as it was told.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from django.db import transaction

from guichet.authority import lookups, queries, revoking
from guichet.authority.models import Certificate, CertificationAuthority, SigningRequest
from guichet.domain.certificates.recovery import PublishedStatus
from guichet.domain.certificates.states import SIGNINGS, SigningAct, SigningState
from guichet.journal import operations as journal
from guichet.journal.chain import Fact
from guichet.journal.events import Event
from guichet.journal.operations import Told
from guichet.x509 import certificate
from guichet.x509.certificate import serial_hex

CHUNK: Final = 500
PROFILE: Final = "LOST"
"""Profile of a certificate of which no more is known than its serial number."""
UNSIGNED: Final = (
    SigningState.REQUESTED.value,
    SigningState.PLANNED.value,
    SigningState.SET_ASIDE.value,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """What was published and the database does not hold.

    `certificates` are unknown here, `planned` will be signed again as they were, `revocations` are
    of certificates known here as valid, `foreign` of authorities not known here.
    """

    compared: int
    certificates: tuple[PublishedStatus, ...] = ()
    planned: tuple[PublishedStatus, ...] = ()
    revocations: tuple[PublishedStatus, ...] = ()
    foreign: tuple[PublishedStatus, ...] = ()


def reserved(serials: Iterable[int]) -> frozenset[int]:
    """Those of these serial numbers that a certificate bears, issued here or adopted."""
    return frozenset(lookups.by_serial(serials))


def compare(statuses: Iterable[PublishedStatus]) -> Losses:
    """What relying parties were told that the database does not hold; changes nothing.

    A certificate may be told of many times: once revoked, it is, whatever else is told.
    """
    unknown: dict[int, PublishedStatus] = {}
    revoked: dict[int, PublishedStatus] = {}
    compared, remaining = 0, iter(statuses)
    while chunk := list(islice(remaining, CHUNK)):
        compared += len(chunk)
        here = lookups.by_serial(status.serial for status in chunk)
        for status in chunk:
            found = here.get(status.serial)
            if found is None:
                if status.revoked_at is not None or status.serial not in unknown:
                    unknown[status.serial] = status
            elif status.revoked_at is not None and not found.is_revoked:
                revoked[status.serial] = status
    return _sorted_out(compared, unknown.values(), revoked.values())


def _sorted_out(
    compared: int, unknown: Collection[PublishedStatus], revoked: Collection[PublishedStatus]
) -> Losses:
    known = frozenset(CertificationAuthority.objects.values_list("code", flat=True))
    valid = [status.serial for status in unknown if status.revoked_at is None]
    planned = _planned(valid)
    ours = [status for status in unknown if status.authority in known]
    return Losses(
        compared=compared,
        certificates=tuple(status for status in ours if status.serial not in planned),
        planned=tuple(status for status in ours if status.serial in planned),
        revocations=tuple(revoked),
        foreign=tuple(status for status in unknown if status.authority not in known),
    )


def _planned(serials: Sequence[int]) -> frozenset[int]:
    """Those of these serial numbers that a request has, stored before it was signed."""
    found: set[int] = set()
    for start in range(0, len(serials), CHUNK):
        chunk = map(serial_hex, serials[start : start + CHUNK])
        rows = SigningRequest.objects.filter(serial_hex__in=chunk, state__in=UNSIGNED)
        written = filter(None, rows.values_list("serial_hex", flat=True))
        found.update(map(queries.serial_of, written))
    return frozenset(found)


def waiting_requests() -> int:
    """Requests that are signed as soon as the state is confirmed; some may have been, before."""
    return SigningRequest.objects.filter(state__in=UNSIGNED).count()


def adopt(*, lost: Iterable[PublishedStatus], by: str, at: datetime) -> int:
    """Hold certificates by their serial numbers alone, and return how many.

    No certificate is given the same serial; OCSP and lists go on telling them, and they can be
    revoked by serial number. Those published as revoked are revoked as they were. Safe to repeat.
    """
    remaining, done = iter(lost), 0
    while chunk := list(islice(remaining, CHUNK)):
        done += _adopt(chunk, by, at)
        revoking.revoke_again(published=chunk, by=by, at=at)
    return done


@transaction.atomic
def _adopt(chunk: Sequence[PublishedStatus], by: str, at: datetime) -> int:
    here = lookups.by_serial(status.serial for status in chunk)
    new = {status.serial: status for status in chunk if status.serial not in here}
    authorities = _authorities({status.authority for status in new.values()})
    _give_up([serial_hex(serial) for serial in new], by, at)
    Certificate.objects.bulk_create(
        Certificate(
            authority=authorities[status.authority][0],
            serial_hex=serial_hex(serial),
            profile=PROFILE,
            der=b"",
            spki_sha256=f"lost:{serial:x}",  # a digest of none, and another for each
            not_before=at,
            not_after=authorities[status.authority][1],
            changed_at=at,
        )
        for serial, status in new.items()
    )
    if new:
        journal.record_many(list(_told(new.values(), by, at)))
    return len(new)


def _authorities(
    codes: Iterable[str],
) -> Mapping[str, tuple[CertificationAuthority, datetime]]:
    """Authorities with the end of their certificates: what they signed ends no later."""
    rows = CertificationAuthority.objects.filter(code__in=list(codes))
    return {row.code: (row, certificate.load(bytes(row.der)).not_valid_after_utc) for row in rows}


def _give_up(serials: Sequence[str], by: str, at: datetime) -> None:
    """A plan whose certificate was issued and revoked is not signed again: it would be valid."""
    rows = SigningRequest.objects.select_for_update().filter(
        serial_hex__in=serials, state__in=UNSIGNED
    )
    for row in rows:
        row.state = SIGNINGS.next(SigningState(row.state), SigningAct.FAIL).value
        row.failure = "its certificate was issued, then revoked, after the backup"
        row.settled_at, row.lease_until, row.leased_by = at, None, ""
        row.save(update_fields=["state", "failure", "settled_at", "lease_until", "leased_by"])
        facts: dict[str, Fact] = {"reference": row.reference, "failure": row.failure}
        journal.record(
            Event.SIGNING_FAILED, subject=f"signing:{row.id}", actor=by, at=at, facts=facts
        )


def _told(statuses: Iterable[PublishedStatus], by: str, at: datetime) -> Iterator[Told]:
    for status in statuses:
        subject = f"certificate:{serial_hex(status.serial)}"
        facts: dict[str, Fact] = {"authority": status.authority}
        yield Told(Event.CERTIFICATE_ADOPTED, subject, by, at, facts)

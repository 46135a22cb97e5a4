"""Revocations: one, or a hundred thousand in an incident. Definitive; no key is touched here.

Locks are taken in one order: certificates, authorities, then the journal.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.db import connection, transaction

from guichet.authority import lives
from guichet.authority.models import Certificate, CertificationAuthority
from guichet.authority.queries import serial_of
from guichet.domain.certificates.recovery import PublishedStatus
from guichet.domain.certificates.states import CERTIFICATES, CertificateAct, CertificateState
from guichet.domain.refusals import Code, Refusal
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.journal.operations import Told
from guichet.x509 import crl
from guichet.x509.certificate import serial_hex
from guichet.x509.crl import Reason, RevokedEntry

BATCH: Final = 1000
# One statement for all rows of a batch, between whose halves their values go.
UPDATE: Final = """
UPDATE authority_certificate SET state = %s, revoked_at = %s, reason = %s, changed_at = %s,
to_publish = %s, revocation_index = v.column2, crl_entry = v.column3 FROM (VALUES
"""
WHERE: Final = ") AS v WHERE authority_certificate.id = v.column1"


@dataclass(frozen=True, slots=True)
class Revocation:
    """A revocation done: definitive."""

    certificate_id: int
    revoked_at: datetime
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRevoked:
    """What became of several certificates: revoked now, revoked before, or not known here."""

    done: tuple[Revocation, ...] = ()
    already: tuple[int, ...] = ()
    unknown: tuple[int, ...] = field(default=())

    def __add__(self, other: "BatchRevoked") -> "BatchRevoked":
        return BatchRevoked(
            done=self.done + other.done,
            already=self.already + other.already,
            unknown=self.unknown + other.unknown,
        )


def revoke(*, certificate_id: int, reason: Reason, by: str, at: datetime) -> Revocation:
    """Revoke for ever; the next CRL and OCSP answers tell it.

    `by` is the journal's actor. Raises Refusal: ALREADY_REVOKED, PRODUCT_UNKNOWN.
    """
    found = revoke_batch(certificate_ids=[certificate_id], reason=reason, by=by, at=at)
    if found.unknown:
        raise Refusal(Code.PRODUCT_UNKNOWN)
    if found.already:
        raise Refusal(Code.ALREADY_REVOKED)
    return found.done[0]


def revoke_many(
    *, certificate_ids: Iterable[int], reason: Reason, by: str, at: datetime
) -> BatchRevoked:
    """Revoke any number, BATCH in a transaction: cut short, it is resumed by asking again.

    Those revoked before, and those not known, stop nothing.
    """
    remaining = iter(dict.fromkeys(certificate_ids))
    total = BatchRevoked()
    while batch := list(islice(remaining, BATCH)):
        total += revoke_batch(certificate_ids=batch, reason=reason, by=by, at=at)
    return total


@transaction.atomic
def revoke_batch(
    *, certificate_ids: Collection[int], reason: Reason, by: str, at: datetime
) -> BatchRevoked:
    """Revoke several in one transaction, each with its journal entry; the caller bounds them."""
    rows = Certificate.objects.select_for_update().filter(pk__in=certificate_ids).order_by("pk")
    found = list(rows.only("authority_id", "serial_hex", "profile", "state"))
    valid = [row for row in found if row.state != CertificateState.REVOKED.value]
    if valid:
        _write(valid, reason, at)
        _retire(valid, by, at)
        _tell(valid, reason, by, at)
    known, revoked = {row.pk for row in found}, {row.pk for row in valid}
    return BatchRevoked(
        done=tuple(Revocation(row.pk, at.replace(microsecond=0), reason) for row in valid),
        already=tuple(row.pk for row in found if row.pk not in revoked),
        unknown=tuple(pk for pk in certificate_ids if pk not in known),
    )


@transaction.atomic
def revoke_again(*, published: Sequence[PublishedStatus], by: str, at: datetime) -> tuple[int, ...]:
    """Put back revocations that relying parties were told and the database lost, as they were told.

    Their instants and reasons stay those published. Those that stand already, and those of
    certificates not known here, are passed over. Returns identifiers; the caller bounds them.
    """
    told = {serial_hex(status.serial): status for status in published if status.revoked_at}
    rows = Certificate.objects.select_for_update().filter(serial_hex__in=told).order_by("pk")
    done: list[int] = []
    for row in rows.only("authority_id", "serial_hex", "profile", "state"):
        status = told[row.serial_hex]
        if row.state == CertificateState.REVOKED.value or status.revoked_at is None:
            continue
        reason = status.reason or Reason.UNSPECIFIED
        _write([row], reason, at, revoked_at=status.revoked_at)
        _retire([row], by, at)
        journal.record(
            Event.CERTIFICATE_REVOKED,
            subject=f"certificate:{row.serial_hex}",
            actor=by,
            at=at,
            facts={"reason": reason.value, "published": status.revoked_at.isoformat()},
        )
        done.append(row.pk)
    return tuple(done)


def _write(
    rows: Sequence[Certificate], reason: Reason, at: datetime, *, revoked_at: datetime | None = None
) -> None:
    """Give each row its rank, under its authority's lock, and its CRL entry."""
    ranks = _ranks(rows)
    adapt = connection.ops.adapt_datetimefield_value
    revoked_at = (revoked_at or at).replace(microsecond=0)
    state = CERTIFICATES.next(CertificateState.VALID, CertificateAct.REVOKE).value
    values: list[Any] = [state, adapt(revoked_at), reason.value, adapt(at), True]
    for row in rows:
        entry = RevokedEntry(serial_of(row.serial_hex), revoked_at, reason)
        values += (row.pk, ranks[row.pk], crl.entry_der(entry))
    with connection.cursor() as cursor:
        cursor.execute(UPDATE + ", ".join(len(rows) * ["(%s, %s, %s)"]) + WHERE, values)


def _ranks(rows: Sequence[Certificate]) -> Mapping[int, int]:
    """The next ranks of each authority, by certificate; the authorities stay locked."""
    codes = {row.authority_id for row in rows}
    authorities = CertificationAuthority.objects.filter(pk__in=codes).order_by("pk").defer("der")
    locked = {row.pk: row for row in authorities.select_for_update(no_key=True)}
    ranks = {}
    for row in rows:
        authority = locked[row.authority_id]
        authority.revocations += 1
        ranks[row.pk] = authority.revocations
    for authority in locked.values():
        authority.save(update_fields=["revocations"])
    return ranks


def _retire(rows: Sequence[Certificate], by: str, at: datetime) -> None:
    if serials := [row.serial_hex for row in rows if row.profile == lives.AUTHORITY]:
        lives.retire_revoked(serials, by=by, at=at)


def _tell(rows: Sequence[Certificate], reason: Reason, by: str, at: datetime) -> None:
    journal.record_many(list(_told(rows, reason, by, at)))


def _told(rows: Sequence[Certificate], reason: Reason, by: str, at: datetime) -> Iterator[Told]:
    for row in rows:
        yield Told(
            Event.CERTIFICATE_REVOKED,
            subject=f"certificate:{row.serial_hex}",
            actor=by,
            at=at,
            facts={"reason": reason.value},
        )

"""Full CRLs: issued on change and on schedule by the signer (RFC 5280 5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from guichet.authority.models import Certificate, CertificationAuthority, Crl
from guichet.authority.queries import serial_of
from guichet.authority.signing import SigningFaultError
from guichet.domain.certificates.states import CertificateState
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.keystore import Keystore
from guichet.x509 import crl, lints
from guichet.x509.crl import Reason, RevokedEntry

LINTED_ENTRIES_AT_MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class CrlPolicy:
    """How long a CRL is valid, and after how long it is issued again though nothing changed."""

    validity: timedelta
    interval: timedelta

    def __post_init__(self) -> None:
        if not timedelta(0) < self.interval < self.validity:
            raise ValueError("a CRL is replaced before it ends")


ROOT: Final = CrlPolicy(validity=timedelta(days=45), interval=timedelta(days=30))
ISSUING: Final = CrlPolicy(validity=timedelta(days=7), interval=timedelta(days=1))
DEMO: Final = CrlPolicy(validity=timedelta(days=1), interval=timedelta(hours=1))


def issue_due(keystore: Keystore, at: datetime) -> tuple[str, ...]:
    """Issue the CRLs that are due and return the codes of their authorities.

    One is due at first, after a revocation, and when its interval is over.
    """
    last = Crl.objects.filter(authority=OuterRef("pk")).order_by("-number")
    rows = CertificationAuthority.objects.annotate(
        last_number=Subquery(last.values("number")[:1]),
        covered=Subquery(last.values("covers")[:1]),
        issued_at=Subquery(last.values("this_update")[:1]),
    )
    scheduled = Q()
    for is_root in (True, False):
        due_before = at - _policy(is_root=is_root).interval
        scheduled |= Q(parent__isnull=is_root, issued_at__lte=due_before)
    due = rows.filter(Q(last_number=None) | Q(covered__lt=F("revocations")) | scheduled)
    return tuple(row.code for row in due.order_by("pk") if _issue(row, keystore, at))


def _issue(authority: CertificationAuthority, keystore: Keystore, at: datetime) -> bool:
    """Build, check and store the next CRL; False when another signer was quicker."""
    # Read before the entries: an entry counted later is covered again by the next CRL.
    authority.refresh_from_db(fields=["revocations"])
    previous = Crl.objects.filter(authority=authority).order_by("-number").first()
    this_update = at.replace(microsecond=0)
    next_update = this_update + _policy(is_root=authority.parent_id is None).validity
    number = next_number(previous.number if previous else 0, at)
    revoked = _revoked(authority, previous.this_update if previous else this_update)
    der = crl.build(
        bytes(authority.der),
        _entries(revoked),
        number,
        this_update,
        next_update,
        keystore.signing_key(authority.key_label),
    )
    count = revoked.count()
    _check(der, authority, count)
    row = Crl(
        authority=authority,
        number=number,
        der=der,
        covers=authority.revocations,
        this_update=this_update,
        next_update=next_update,
    )
    return _store(row, previous, count, at)


def next_number(previous: int, at: datetime) -> int:
    """Milliseconds since 1970, or one more than the last: a restored backup never goes back."""
    return max(previous + 1, int(at.timestamp() * 1000))


@transaction.atomic
def _store(row: Crl, previous: Crl | None, count: int, at: datetime) -> bool:
    CertificationAuthority.objects.select_for_update().get(pk=row.authority_id)
    latest = Crl.objects.filter(authority_id=row.authority_id).order_by("-number").first()
    if (latest.pk if latest else None) != (previous.pk if previous else None):
        return False
    row.save(force_insert=True)
    journal.record(
        Event.CRL_ISSUED,
        subject=f"authority:{row.authority.code}",
        actor="signer",
        at=at,
        facts={"number": row.number, "entries": count},
    )
    return True


def _revoked(authority: CertificationAuthority, since: datetime) -> QuerySet[Certificate]:
    """Revoked certificates; an expired one stays for one CRL past its end (RFC 5280 3.3)."""
    rows = Certificate.objects.filter(authority=authority, state=CertificateState.REVOKED.value)
    return rows.filter(not_after__gte=since).order_by("revoked_at", "pk")


def _entries(rows: QuerySet[Certificate]) -> Iterator[RevokedEntry]:
    values = rows.values_list("serial_hex", "revoked_at", "reason")
    for serial, revoked_at, reason in values.iterator(chunk_size=5000):
        if revoked_at is None:
            raise SigningFaultError(f"{serial} is revoked at no instant")
        yield RevokedEntry(serial_of(serial), revoked_at, Reason(reason) if reason else None)


def _check(der: bytes, authority: CertificationAuthority, count: int) -> None:
    if not crl.is_signed_by(der, bytes(authority.der)):
        raise SigningFaultError(f"the CRL of {authority.code} does not verify")
    if count <= LINTED_ENTRIES_AT_MOST and (found := lints.lint_crl(der)):
        raise SigningFaultError("lint: " + ", ".join(sorted({f.code for f in found})))


def _policy(*, is_root: bool) -> CrlPolicy:
    if is_root:
        return ROOT
    return DEMO if settings.GUICHET.demo else ISSUING

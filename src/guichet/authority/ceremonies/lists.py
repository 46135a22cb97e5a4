"""Lists of authorities that are offline: issued where the key is, carried, published here."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from guichet.authority import crl_records, crls, issuers, revoking
from guichet.authority.ceremonies.acts import Ceremony, CeremonyError, get, require_clear
from guichet.authority.models import Certificate, CertificationAuthority, Crl, CrlScope
from guichet.authority.queries import serial_of
from guichet.domain.certificates.authority_states import AuthorityState, Work
from guichet.domain.certificates.crl_policy import CrlKind
from guichet.domain.certificates.extensions import WHOLE
from guichet.domain.certificates.states import CertificateState
from guichet.journal.chain import Fact
from guichet.journal.events import Event
from guichet.x509 import bundles, crl, crl_headings, lints
from guichet.x509.crl import Reason
from guichet.x509.crl_headings import Heading
from guichet.x509.errors import Unreadable

LIST: Final = "X509 CRL"
PEM: Final = re.compile(rb"-----BEGIN X509 CRL-----(.+?)-----END X509 CRL-----", re.DOTALL)
CLOCKS_APART: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledList:
    """A list of an authority that is offline; `is_new` is False when it was here already."""

    code: str
    number: int
    this_update: datetime
    next_update: datetime
    entries: int
    is_new: bool


def issue_list(ceremony: Ceremony, code: str) -> bytes:
    """Issue the complete list of an authority whose key is here, to be carried: PEM.

    Raises CeremonyError, KeystoreError, SigningFaultError.
    """
    require_clear()
    row = get(code)
    if not issuers.permits(row, Work.LISTS):
        raise CeremonyError(f"{code} issues no list here: it is {row.state}")
    if CrlScope.objects.filter(authority=row).exclude(shard=WHOLE).exists():
        raise CeremonyError(f"{code} has lists by shard, which do not go by file")
    return bundles.pem(crls.issue_by_file(row, ceremony.keystore, ceremony.at), LIST).encode()


def install_list(ceremony: Ceremony, data: bytes) -> InstalledList:
    """Install a list of an authority that is offline, to be published like the others.

    Revocations that it tells of certificates known here are made here too. Raises CeremonyError.
    """
    require_clear()
    der = _der(data)
    row, heading = _authority(der), _heading(der)
    told = crl.read(der)
    with transaction.atomic():
        scope = CrlScope.objects.select_for_update().get(authority=row, shard=WHOLE)
        last = crl_records.of_scope(scope, CrlKind.FULL).first()
        if last and last.sha256 == hashlib.sha256(der).hexdigest():
            return _installed(row, heading, len(told.entries), is_new=False)
        _require_newer(heading, last, scope, ceremony.at)
        _require_no_return(row, told)
        _revoke(ceremony, row, told)
        _store(ceremony, row, heading, der, len(told.entries))
        if last:
            crl_records.drop_octets([last])
    return _installed(row, heading, len(told.entries), is_new=True)


def _der(data: bytes) -> bytes:
    """The list of a file, PEM with any text around, or DER. Raises CeremonyError."""
    found = PEM.search(data)
    try:
        return base64.b64decode(b"".join(found[1].split()), validate=True) if found else data
    except binascii.Error as error:
        raise CeremonyError("no list can be read in the file (PEM or DER)") from error


def _authority(der: bytes) -> CertificationAuthority:
    rows = CertificationAuthority.objects.order_by("-pk")
    found = next((row for row in rows if crl.is_signed_by(der, bytes(row.der))), None)
    if found is None:
        raise CeremonyError("no authority that is here signed this list")
    if found.state != AuthorityState.OFFLINE.value:
        raise CeremonyError(f"{found.code} is {found.state}: its lists do not come by file")
    return found


def _heading(der: bytes) -> Heading:
    """What a list that can be relied on alone says. Raises CeremonyError."""
    try:
        crl.read(der)
        found = crl_headings.read(der)
    except Unreadable as error:
        raise CeremonyError("the list is a delta, is of a part, or cannot be read") from error
    if objections := sorted({one.code for one in lints.lint_crl(der)}):
        raise CeremonyError(f"the list is refused: lint: {', '.join(objections)}")
    return found


def _require_newer(heading: Heading, last: Crl | None, scope: CrlScope, at: datetime) -> None:
    floor = max(scope.floor, last.number if last else 0)
    if heading.number <= floor:
        raise CeremonyError(f"the list's number, {heading.number}, is not above {floor}")
    if last and heading.this_update < last.this_update:
        raise CeremonyError("the list is older than the one that is here")
    if heading.this_update - at > CLOCKS_APART:
        raise CeremonyError(
            f"the list begins at {heading.this_update:%Y-%m-%d %H:%M}: compare the clocks"
        )
    if heading.next_update <= at:
        raise CeremonyError(f"the list ended at {heading.next_update:%Y-%m-%d %H:%M}")


def _require_no_return(row: CertificationAuthority, told: crl.Crl) -> None:
    """A revocation is definitive: what is revoked and not over stays on the list."""
    known = Certificate.objects.filter(
        authority=row, revocation_index__isnull=False, not_after__gt=told.this_update
    )
    for serial in known.values_list("serial_hex", flat=True):
        if serial_of(serial) not in told.entries:
            raise CeremonyError(f"the list takes back the revocation of {serial}")


def _revoke(ceremony: Ceremony, row: CertificationAuthority, told: crl.Crl) -> None:
    valid = Certificate.objects.filter(authority=row, state=CertificateState.VALID.value)
    for pk, serial in valid.values_list("pk", "serial_hex"):
        if entry := told.entries.get(serial_of(serial)):
            revoking.revoke(
                certificate_id=pk,
                reason=entry.reason or Reason.UNSPECIFIED,
                by=ceremony.by,
                at=entry.revoked_at,
            )


def _store(
    ceremony: Ceremony, row: CertificationAuthority, heading: Heading, der: bytes, entries: int
) -> None:
    row.refresh_from_db(fields=["revocations"])
    stored = Crl(
        authority=row,
        shard=WHOLE,
        kind=CrlKind.FULL.value,
        number=heading.number,
        covers=row.revocations,
        this_update=heading.this_update,
        next_update=heading.next_update,
        entries=entries,
    )
    crl_records.insert(stored, der)
    facts: Mapping[str, Fact] = {"number": heading.number, "entries": entries, "by": "file"}
    ceremony.tell(Event.CRL_ISSUED, row.code, facts)


def _installed(
    row: CertificationAuthority, heading: Heading, entries: int, *, is_new: bool
) -> InstalledList:
    return InstalledList(
        code=row.code,
        number=heading.number,
        this_update=heading.this_update,
        next_update=heading.next_update,
        entries=entries,
        is_new=is_new,
    )

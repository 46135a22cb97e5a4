"""Authorities and certificates as those who run the counter see them: read, never changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from guichet.authority import fingerprints, issuers
from guichet.authority.models import (
    Certificate,
    CertificationAuthority,
    CrossCertificate,
    Recovery,
)
from guichet.authority.queries import CrlFacts, last_lists
from guichet.domain.catalogue import authorities as catalogue
from guichet.domain.certificates.authority_states import AuthorityState, Work
from guichet.domain.certificates.fingerprints import Fingerprint
from guichet.domain.certificates.recovery import RecoveryState
from guichet.domain.certificates.states import CertificateState
from guichet.domain.refusals import Code, Refusal
from guichet.web.counts import Capped, capped
from guichet.x509 import decode
from guichet.x509.certificate import serial_hex as written
from guichet.x509.decode import Description

RESPONDER: Final = "OCSP"
SERIAL_DIGITS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSheet:
    """One certificate, decoded."""

    id: int
    authority: str
    profile: str
    serial_hex: str
    subject: str
    not_before: datetime
    not_after: datetime
    revoked_at: datetime | None
    reason: str
    sha256: str
    spki_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegate:
    """The certificate of a responder of an authority."""

    serial_hex: str
    not_before: datetime
    not_after: datetime
    is_revoked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityLine:
    """An authority in the list: what it is and when its certificate ends."""

    code: str
    parent: str | None
    state: AuthorityState
    algorithm: str
    not_after: datetime
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoritySheet:
    """One authority with all that it has: `works` are what its key signs in its state.

    `key_label` names its key in the keystore; `crossed_by` the issuers that certified it too,
    `generations` the codes that share its name, the first one first.
    """

    code: str
    parent: str | None
    state: AuthorityState
    description: Description
    der: bytes
    key_label: str
    created_at: datetime
    works: tuple[Work, ...]
    is_declared: bool
    lists: tuple[CrlFacts, ...]
    delegates: tuple[Delegate, ...]
    valid: Capped
    revocations: int
    crossed_by: tuple[str, ...]
    generations: tuple[str, ...]
    chain: tuple[str, ...]


def certificate_of_serial(serial: str) -> CertificateSheet:
    """By its number in hexadecimal, with or without colons. Raises Refusal(SHEET_UNKNOWN)."""
    row = Certificate.objects.filter(serial_hex=_serial(serial)).select_related("authority").first()
    if row is None:
        raise Refusal(Code.SHEET_UNKNOWN)
    found = decode.describe(bytes(row.der))
    return CertificateSheet(
        id=row.pk,
        authority=row.authority.code,
        profile=row.profile,
        serial_hex=row.serial_hex,
        subject=found.subject_text,
        not_before=row.not_before,
        not_after=row.not_after,
        revoked_at=row.revoked_at,
        reason=row.reason,
        sha256=found.sha256,
        spki_sha256=row.spki_sha256,
    )


def serials_of_fingerprint(asked: Fingerprint) -> tuple[str, ...]:
    """Serial numbers of the certificates with this fingerprint, or with this one of their key."""
    return fingerprints.serials(asked)


def is_serial(serial: str) -> bool:
    """Whether a certificate issued here has this number."""
    return Certificate.objects.filter(serial_hex=_serial(serial)).exists()


def is_held() -> bool:
    """Whether a restored state waits to be confirmed: nothing is signed, nor published anew."""
    return Recovery.objects.filter(state=RecoveryState.FOUND.value).exists()


def lines() -> tuple[AuthorityLine, ...]:
    """Every authority below the one that signs it: one query."""
    rows = list(CertificationAuthority.objects.select_related("parent").order_by("series", "pk"))
    return tuple(_below(rows, None, 0))


def sheet(code: str, at: datetime | None = None) -> AuthoritySheet:
    """One authority by its full code. Raises Refusal(SHEET_UNKNOWN)."""
    rows = CertificationAuthority.objects.select_related("parent")
    row = rows.filter(code=code).first()
    if row is None:
        raise Refusal(Code.SHEET_UNKNOWN)
    now = at or timezone.now()
    issued = Certificate.objects.filter(authority=row)
    live = issued.filter(state=CertificateState.VALID.value, not_after__gt=now)
    siblings = CertificationAuthority.objects.filter(series=row.series).order_by("generation")
    crossed = CrossCertificate.objects.filter(authority=row).order_by("pk")
    return AuthoritySheet(
        code=row.code,
        parent=row.parent.code if row.parent else None,
        state=issuers.state_of(row),
        description=decode.describe(bytes(row.der)),
        der=bytes(row.der),
        key_label=row.key_label,
        created_at=row.created_at,
        works=tuple(work for work in Work if issuers.permits(row, work)),
        is_declared=catalogue.is_declared(row.code),
        lists=tuple(found for found in last_lists() if found.authority == row.code),
        delegates=tuple(_delegates(row)),
        valid=capped(live),
        revocations=row.revocations,
        crossed_by=tuple(crossed.values_list("issuer__code", flat=True)),
        generations=tuple(siblings.values_list("code", flat=True)),
        chain=tuple(_chain(row)),
    )


def _delegates(row: CertificationAuthority) -> Iterator[Delegate]:
    rows = Certificate.objects.filter(authority=row, profile=RESPONDER).order_by("-pk")
    for found in rows.defer("der", "crl_entry")[:10]:
        yield Delegate(
            serial_hex=found.serial_hex,
            not_before=found.not_before,
            not_after=found.not_after,
            is_revoked=found.revoked_at is not None,
        )


def _chain(row: CertificationAuthority) -> Iterator[str]:
    above = row.parent
    while above is not None:
        yield above.code
        above = above.parent


def _below(
    rows: list[CertificationAuthority], parent: int | None, depth: int
) -> Iterator[AuthorityLine]:
    for row in rows:
        if row.parent_id == parent:
            found = decode.describe(bytes(row.der))
            yield AuthorityLine(
                code=row.code,
                parent=row.parent.code if row.parent else None,
                state=issuers.state_of(row),
                algorithm=found.key_text,
                not_after=found.not_after,
                depth=depth,
            )
            yield from _below(rows, row.pk, depth + 1)


def _serial(text: str) -> str:
    """The number as it is stored; empty, which nothing bears, for what is none."""
    digits = "".join(text.replace(":", "").split())
    if not 0 < len(digits) <= SERIAL_DIGITS:
        return ""
    try:
        return written(int(digits, 16))
    except ValueError:
        return ""

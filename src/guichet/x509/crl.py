"""Revocation lists (RFC 5280 5): built in one go, read whole.

Entries are encoded one by one and signed once: a list of a million takes a fraction of what the
library's builder takes, which copies its entries at each addition. For the same reason a signature
is verified over the very bytes: the library would encode the whole list again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from cryptography import x509

from guichet.x509 import certificate, crl_headings, der, signatures
from guichet.x509.crl_headings import AUTHORITY_KEY_IDENTIFIER, CRL_NUMBER, Heading
from guichet.x509.errors import LIBRARY_REFUSALS, Unreadable
from guichet.x509.signatures import BoundKey

VERSION_2: Final = der.integer(1)
REASON_CODE: Final = "2.5.29.21"
UNDERSTOOD: Final = frozenset({CRL_NUMBER, AUTHORITY_KEY_IDENTIFIER})


class Reason(StrEnum):
    """Why a certificate is revoked (RFC 5280 5.3.1)."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "keyCompromise"
    CA_COMPROMISE = "cACompromise"
    AFFILIATION_CHANGED = "affiliationChanged"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessationOfOperation"
    CERTIFICATE_HOLD = "certificateHold"
    REMOVE_FROM_CRL = "removeFromCRL"
    PRIVILEGE_WITHDRAWN = "privilegeWithdrawn"
    AA_COMPROMISE = "aACompromise"


REASON_CODES: Final[Mapping[Reason, int]] = {
    Reason.UNSPECIFIED: 0,
    Reason.KEY_COMPROMISE: 1,
    Reason.CA_COMPROMISE: 2,
    Reason.AFFILIATION_CHANGED: 3,
    Reason.SUPERSEDED: 4,
    Reason.CESSATION_OF_OPERATION: 5,
    Reason.CERTIFICATE_HOLD: 6,
    Reason.REMOVE_FROM_CRL: 8,
    Reason.PRIVILEGE_WITHDRAWN: 9,
    Reason.AA_COMPROMISE: 10,
}


@dataclass(frozen=True, slots=True)
class RevokedEntry:
    """One revoked certificate; a reason that says nothing is left out (RFC 5280 5.3.1)."""

    serial: int
    revoked_at: datetime
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crl:
    """A list as read: `issuer` is the DER of its issuer's name; entries are by serial."""

    number: int
    this_update: datetime
    next_update: datetime
    issuer: bytes
    entries: Mapping[int, RevokedEntry]


def build(
    issuer_der: bytes, heading: Heading, entries: Iterable[bytes], signing_key: BoundKey
) -> bytes:
    """Return the signed list, DER, of the authority whose certificate is given.

    Entries come encoded, one by one or many joined: see `entry_der` and `encoded`.
    """
    body = b"".join(entries)
    tbs = der.sequence(
        VERSION_2,
        signing_key.identifier,
        certificate.subject_der(issuer_der),
        der.time(heading.this_update),
        der.time(heading.next_update),
        der.sequence(body) if body else b"",
        der.tlv(der.context(0), der.sequence(*crl_headings.extensions(issuer_der, heading))),
    )
    del body
    return signing_key.signed(tbs)


def encoded(entries: Iterable[RevokedEntry]) -> Iterator[bytes]:
    """Encode entries one by one. Raises ValueError when a serial comes twice."""
    return map(entry_der, _once_each(entries))


def _once_each(entries: Iterable[RevokedEntry]) -> Iterator[RevokedEntry]:
    seen: set[int] = set()
    for entry in entries:
        if entry.serial in seen:
            raise ValueError("a serial comes twice")
        seen.add(entry.serial)
        yield entry


def entry_der(entry: RevokedEntry) -> bytes:
    """Encode one entry: it never changes, so it may be kept (RFC 5280 5.1.2.6)."""
    reason = b""
    if entry.reason not in {None, Reason.UNSPECIFIED}:
        code = der.integer(REASON_CODES[Reason(entry.reason or "")], der.ENUMERATED)
        reason = der.sequence(der.extension(REASON_CODE, code))
    return der.sequence(der.integer(entry.serial), der.time(entry.revoked_at), reason)


def read(crl_der: bytes) -> Crl:
    """Read a full list. Raises Unreadable("crl") for anything that could hide revocations:

    a delta, a partial or indirect list, an unknown critical extension, no number, no nextUpdate.
    """
    try:
        loaded = x509.load_der_x509_crl(crl_der)
        number = loaded.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        entries = {entry.serial: entry for entry in map(_entry, loaded)}
        issuer = loaded.issuer.public_bytes()
        strange = any(
            e.critical and e.oid.dotted_string not in UNDERSTOOD for e in loaded.extensions
        )
    except (*LIBRARY_REFUSALS, x509.ExtensionNotFound) as error:
        raise Unreadable("crl") from error
    if strange or loaded.next_update_utc is None:
        raise Unreadable("crl")
    return Crl(
        number=number,
        this_update=loaded.last_update_utc,
        next_update=loaded.next_update_utc,
        issuer=issuer,
        entries=entries,
    )


def entries(crl_der: bytes) -> Iterator[RevokedEntry]:
    """What a list of any kind revokes, a delta or a shard too. Raises Unreadable("crl")."""
    try:
        yield from map(_entry, x509.load_der_x509_crl(crl_der))
    except LIBRARY_REFUSALS as error:
        raise Unreadable("crl") from error


def _entry(entry: x509.RevokedCertificate) -> RevokedEntry:
    if any(e.critical for e in entry.extensions):
        raise ValueError("an entry says more than can be understood")
    try:
        flag = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return RevokedEntry(entry.serial_number, entry.revocation_date_utc, None)
    return RevokedEntry(entry.serial_number, entry.revocation_date_utc, Reason(flag.value))


def is_signed_by(crl_der: bytes, issuer_der: bytes) -> bool:
    """Tell whether the list names this issuer (certificate, DER) and its signature verifies."""
    try:
        loaded = x509.load_der_x509_crl(crl_der)
        issuer = certificate.load(issuer_der)
        named = loaded.issuer.public_bytes() == issuer.subject.public_bytes()
        return named and _verifies(crl_der, loaded, issuer)
    except (*LIBRARY_REFUSALS, Unreadable):
        return False


def _verifies(
    crl_der: bytes, loaded: x509.CertificateRevocationList, issuer: x509.Certificate
) -> bool:
    """Over the bytes as they came; algorithms that are not ours are left to the library."""
    key = issuer.public_key()
    signed, algorithms = _signed_part(crl_der)
    # The one that is signed is the one beside (RFC 5280 5.1.1.2): the library refuses others.
    scheme = signatures.identified(algorithms.pop()) if len(algorithms) == 1 else None
    if scheme is None:
        return loaded.is_signature_valid(key)  # type: ignore[arg-type]
    return scheme.verifies(key, loaded.signature, signed)


def _signed_part(crl_der: bytes) -> tuple[memoryview, set[bytes]]:
    """The TBSCertList, uncopied, and the algorithm identifiers in it and beside it."""
    inside = _contents(memoryview(crl_der))
    tbs, beside = _first(inside), inside[len(_first(inside)) :]
    fields = _contents(tbs)
    if fields[0] == der.INTEGER:  # version 1 does not write its version
        fields = fields[len(_first(fields)) :]
    return tbs, {bytes(_first(fields)), bytes(_first(beside))}


def _first(data: memoryview) -> memoryview:
    """The element that the bytes, known to be DER, begin with."""
    return data[: len(data) - len(_contents(data)) + _length(data)]


def _contents(data: memoryview) -> memoryview:
    """What follows the identifier and the length of the first element."""
    width = data[1] & 0x7F if data[1] & 0x80 else 0
    return data[2 + width :]


def _length(data: memoryview) -> int:
    width = data[1] & 0x7F if data[1] & 0x80 else 0
    return int.from_bytes(data[2 : 2 + width], "big") if width else data[1]

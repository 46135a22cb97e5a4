"""Certificates: a plan is signed as it stands, the same TBS bytes every time (RFC 5280 4.1).

The signer lints a plan signed by a throw-away key, then signs the same plan with the real one.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from guichet.x509 import der, keys, names
from guichet.x509.errors import LIBRARY_REFUSALS, Unreadable
from guichet.x509.signatures import BoundKey

VERSION_3: Final = der.tlv(der.context(0), der.integer(2))
AUTHORITY_KEY_IDENTIFIER: Final = "2.5.29.35"
HELD_AT_MOST: Final = 4096
MAX_SERIAL_BITS: Final = 159  # RFC 5280 4.1.2.2: at most 20 octets, positive


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension: OID in dots, criticality, and the DER it wraps."""

    oid: str
    critical: bool
    der: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything a certificate will say. `issuer` is the DER of the issuer's subject as it is.

    `authority_key_id` is the issuer's subjectKeyIdentifier; empty leaves the extension out.
    """

    serial: int
    issuer: bytes
    authority_key_id: bytes
    subject: names.Name
    spki_der: bytes
    not_before: datetime
    not_after: datetime
    extensions: tuple[Extension, ...]

    def __post_init__(self) -> None:
        if not 0 < self.serial.bit_length() <= MAX_SERIAL_BITS or self.serial < 0:
            raise ValueError("a serial is positive and at most 20 octets")


def fingerprints(certificate_der: bytes) -> tuple[str, str]:
    """SHA-256 and SHA-1 of a certificate's DER in hexadecimal: what people and tools name it by."""
    sha1 = hashlib.sha1(certificate_der, usedforsecurity=False)
    return hashlib.sha256(certificate_der).hexdigest(), sha1.hexdigest()


def sign(plan: Plan, signing_key: BoundKey) -> bytes:
    """Return the signed certificate, DER. The key must be the issuer's: nothing else is checked."""
    return signing_key.signed(to_be_signed(plan, signing_key.identifier))


def to_be_signed(plan: Plan, algorithm: bytes) -> bytes:
    """Return the DER TBSCertificate (RFC 5280 4.1.2); `algorithm` is that of its signature, DER."""
    return der.sequence(
        VERSION_3,
        der.integer(plan.serial),
        algorithm,
        plan.issuer,
        der.sequence(der.time(plan.not_before), der.time(plan.not_after)),
        names.to_der(plan.subject),
        plan.spki_der,
        der.tlv(der.context(3), der.sequence(*map(encoded, _all_extensions(plan)))),
    )


def _all_extensions(plan: Plan) -> tuple[Extension, ...]:
    """Put the authority key identifier, key id only, before the planned extensions."""
    if not plan.authority_key_id:
        return plan.extensions
    value = der.sequence(der.tlv(der.context(0, constructed=False), plan.authority_key_id))
    return (Extension(AUTHORITY_KEY_IDENTIFIER, critical=False, der=value), *plan.extensions)


@lru_cache(maxsize=HELD_AT_MOST)
def encoded(extension: Extension) -> bytes:
    """Return the DER of an extension; most recur in certificate after certificate."""
    return der.extension(extension.oid, extension.der, critical=extension.critical)


def load(certificate_der: bytes) -> x509.Certificate:
    """Load a DER certificate. Raises Unreadable("certificate")."""
    try:
        return x509.load_der_x509_certificate(certificate_der)
    except LIBRARY_REFUSALS as error:
        raise Unreadable("certificate") from error


def tbs(certificate_der: bytes) -> bytes:
    """Return the bytes that were signed. Raises Unreadable."""
    return load(certificate_der).tbs_certificate_bytes


def subject_der(certificate_der: bytes) -> bytes:
    """Return the subject as encoded: what certificates below must repeat. Raises Unreadable."""
    return _field(certificate_der, 5)


def issuer_der(certificate_der: bytes) -> bytes:
    """Return the issuer's name as encoded. Raises Unreadable."""
    return _field(certificate_der, 3)


def spki_der(certificate_der: bytes) -> bytes:
    """Return the SubjectPublicKeyInfo as encoded. Raises Unreadable."""
    return _field(certificate_der, 6)


def _field(certificate_der: bytes, rank: int) -> bytes:
    """Return the field at this rank of a version 3 TBSCertificate, version being rank 0."""
    children = der.single(tbs(certificate_der)).children()
    versioned = children[0].tag == der.context(0)
    return children[rank if versioned else rank - 1].encoding


def subject_key_id(certificate_der: bytes) -> bytes:
    """Return the subject key identifier, computed when it is absent. Raises Unreadable."""
    try:
        extensions = load(certificate_der).extensions
        return extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return keys.key_identifier(spki_der(certificate_der))
    except LIBRARY_REFUSALS as error:
        raise Unreadable("certificate") from error


def is_signed_by(certificate_der: bytes, issuer: bytes) -> bool:
    """Tell whether the certificate names this issuer (DER) and its signature verifies."""
    try:
        load(certificate_der).verify_directly_issued_by(load(issuer))
    except (*LIBRARY_REFUSALS, Unreadable, InvalidSignature):
        return False
    return True


def serial_hex(serial: int) -> str:
    """Write a serial as people read it: 1D:5D:… (a hostile certificate may have a negative one)."""
    octets = abs(serial).to_bytes(max(1, (serial.bit_length() + 7) // 8), "big")
    return ("-" if serial < 0 else "") + octets.hex(":").upper()


def fingerprint(certificate_der: bytes) -> str:
    """Return the SHA-256 of the certificate as people compare it: AB:CD:…"""
    return hashlib.sha256(certificate_der).digest().hex(":").upper()

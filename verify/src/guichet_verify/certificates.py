"""The certificate and its chain: signatures up to the root, and whose root it is."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from guichet_verify.documents import Tied
from guichet_verify.findings import Code, Finding, Step, bad, good, note
from guichet_verify.pem import ders


def check(
    documents: Mapping[str, str], tied: Mapping[str, Tied], roots: str | None
) -> Iterator[Finding]:
    """What is found of the certificate: its entries, its intent, its chain."""
    own = tied.get("certificate")
    if own is None:
        return
    try:
        certificate = x509.load_der_x509_certificate(own.octets)
        chain = [x509.load_der_x509_certificate(der) for der in ders(documents.get("chain", ""))]
    except ValueError:
        yield bad(Step.CERTIFICATE, Code.CHAIN_BAD, subject="")
        return
    serial = serial_hex(certificate)
    if serial != own.entry.fact("serial"):
        yield bad(Step.CERTIFICATE, Code.CERTIFICATE_BAD, what="serial")
    intent = tied.get("intent")
    if intent is not None and intent.octets != certificate.tbs_certificate_bytes:
        yield bad(Step.CERTIFICATE, Code.CERTIFICATE_BAD, what="intent")
    yield good(Step.CERTIFICATE, Code.CERTIFICATE_GOOD, serial=serial, sha256=own.sha256)
    yield from _chain(certificate, chain, own.entry.at)
    yield from _root(chain[-1], roots)


def serial_hex(certificate: x509.Certificate) -> str:
    """The serial number as the log writes it: 1D:5D:…"""
    number = certificate.serial_number
    octets = abs(number).to_bytes(max(1, (number.bit_length() + 7) // 8), "big")
    return ("-" if number < 0 else "") + octets.hex(":").upper()


def spki_sha256(der: bytes) -> str:
    """SHA-256 of the public key's SubjectPublicKeyInfo, in hexadecimal. Raises ValueError."""
    key = x509.load_der_x509_certificate(der).public_key()
    octets = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(octets).hexdigest()


def _chain(
    certificate: x509.Certificate, chain: Sequence[x509.Certificate], at: str
) -> Iterator[Finding]:
    instant = datetime.fromisoformat(at)
    signed = certificate
    for issuer in (*chain, chain[-1]):
        try:
            signed.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature):
            yield bad(Step.CERTIFICATE, Code.CHAIN_BAD, subject=_name(signed))
            return
        except UnsupportedAlgorithm:
            yield note(Step.CERTIFICATE, Code.CHAIN_UNREAD, subject=_name(signed))
            return
        is_valid = issuer.not_valid_before_utc <= instant <= issuer.not_valid_after_utc
        if not is_valid or not _is_authority(issuer):
            yield bad(Step.CERTIFICATE, Code.CHAIN_BAD, subject=_name(issuer))
            return
        signed = issuer
    yield good(Step.CERTIFICATE, Code.CHAIN_GOOD, subject=_name(chain[-1]))


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def _root(last: x509.Certificate, roots: str | None) -> Iterator[Finding]:
    if roots is None:
        yield note(Step.CERTIFICATE, Code.ROOT_CONTAINED, subject=_name(last))
        return
    known = ders(roots)
    if last.public_bytes(Encoding.DER) in known:
        yield good(Step.CERTIFICATE, Code.ROOT_GIVEN, subject=_name(last))
    else:
        yield bad(Step.CERTIFICATE, Code.ROOT_OTHER, subject=_name(last))


def _name(certificate: x509.Certificate) -> str:
    return certificate.subject.rfc4514_string()

"""Certificates that no authority of the hierarchy signs: a weak key, SHA-1, another's name.

The laboratory's keys are made for one certificate and forgotten; its root is handed out with what
it signed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from guichet.domain.certificates.extensions import usage_of
from guichet.domain.samples import Kind
from guichet.x509 import certificate, der

WEAK_BITS: Final = 1024
BITS: Final = 2048
DAY: Final = timedelta(days=1)
YEAR: Final = timedelta(days=365)
RSA_SHA256: Final = "1.2.840.113549.1.1.11"
RSA_SHA1: Final = "1.2.840.113549.1.1.5"
NULL: Final = b"\x05\x00"
ROOT: Final = x509.Name(
    [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
        x509.NameAttribute(NameOID.COMMON_NAME, "TEST LABORATOIRE DU BANC"),
    ]
)


@dataclass(frozen=True, slots=True)
class Laboratory:
    """A key that signs under its own name, and its certificate (DER)."""

    key: rsa.RSAPrivateKey
    certificate: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be signed: which fault, for which subject, in whose name where that is forged."""

    kind: Kind
    subject: x509.Name
    forged_issuer: x509.Name


def open_laboratory(at: datetime) -> Laboratory:
    """A laboratory with a new key, for twenty years that nobody will count."""
    key = new_key()
    return Laboratory(key, _signed(ROOT, ROOT, key, key, at))


def new_key(bits: int = BITS) -> rsa.RSAPrivateKey:
    """A key that proves nothing."""
    return rsa.generate_private_key(65537, bits)


def key_for(kind: Kind) -> rsa.RSAPrivateKey:
    """The key of a certificate of this kind: too small where that is its fault."""
    return new_key(WEAK_BITS if kind is Kind.WEAK_KEY else BITS)


def sign(asked: Asked, key: rsa.RSAPrivateKey, by: Laboratory, at: datetime) -> bytes:
    """The certificate (DER) of a key, with the fault of its kind."""
    if asked.kind is Kind.WRONG_AUTHORITY:
        return _signed(asked.subject, asked.forged_issuer, key, new_key(), at)
    made = _signed(asked.subject, ROOT, key, by.key, at)
    return _by_sha1(made, by.key) if asked.kind is Kind.WEAK_SIGNATURE else made


def _by_sha1(made: bytes, signing: rsa.RSAPrivateKey) -> bytes:
    """The same certificate signed by SHA-1, which the library refuses to make."""
    tbs = certificate.tbs(made).replace(der.oid(RSA_SHA256), der.oid(RSA_SHA1))
    signature = signing.sign(tbs, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 on purpose
    return der.sequence(tbs, der.sequence(der.oid(RSA_SHA1), NULL), der.bits(signature))


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPrivateKey,
    signing: rsa.RSAPrivateKey,
    at: datetime,
) -> bytes:
    is_root = subject == issuer
    usage = ["key_cert_sign", "crl_sign"] if is_root else ["digital_signature"]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - DAY)
        .not_valid_after(at + (20 if is_root else 3) * YEAR)
        .add_extension(x509.BasicConstraints(is_root, None), critical=is_root)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(usage_of(usage), critical=True)
    )
    if not is_root:
        client = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        builder = builder.add_extension(client, critical=False)
    return builder.sign(signing, hashes.SHA256()).public_bytes(Encoding.DER)

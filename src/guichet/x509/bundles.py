"""Certificates in the shapes people load: PEM, a PEM chain, PKCS#7 certificates only."""

import base64
import textwrap
from collections.abc import Sequence

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import pkcs7 as _pkcs7

from guichet.x509 import certificate


def pem(certificate_der: bytes, label: str = "CERTIFICATE") -> str:
    """Return the PEM of one object, lines of 64 characters, newline at the end (RFC 7468)."""
    body = "\n".join(textwrap.wrap(base64.b64encode(certificate_der).decode(), 64))
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


def pem_chain(certificate_ders: Sequence[bytes]) -> str:
    """Return the PEM of several certificates, in the order given."""
    return "".join(map(pem, certificate_ders))


def pkcs7(certificate_ders: Sequence[bytes]) -> bytes:
    """Return a DER certs-only PKCS#7 (RFC 5652 5, RFC 8551 3.2.2). Raises Unreadable."""
    loaded = [certificate.load(found) for found in certificate_ders]
    return _pkcs7.serialize_certificates(loaded, Encoding.DER)

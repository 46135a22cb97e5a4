"""The key of a ceremony: made when it opens, seals its transcript, destroyed when it ends.

An authority's key signs certificates and lists, never a text: the seal has a key of its own, whose
certificate is told in the journal at the opening and stands in the transcript.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from guichet.domain.ceremonies.plan import Plan
from guichet.domain.certificates.extensions import usage_of
from guichet.processes.ceremony.record import write_whole
from guichet.x509 import cms

KEY: Final = "seal.key"
CERTIFICATE: Final = "seal.pem"
LIFE: Final = timedelta(days=30)


def make(folder: Path, plan: Plan, at: datetime) -> bytes:
    """The seal's certificate, DER; its key is made with it, once."""
    path = folder / CERTIFICATE
    if not path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_whole(folder / KEY, pem)
        write_whole(path, _certificate(key, plan, at).public_bytes(Encoding.PEM))
    return certificate(folder)


def certificate(folder: Path) -> bytes:
    """The seal's certificate, DER."""
    found = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
    return found.public_bytes(Encoding.DER)


def sign(folder: Path, content: bytes) -> bytes:
    """A detached CMS signature by the seal's key, DER."""
    key = load_pem_private_key((folder / KEY).read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 made above
    return cms.sign(content, key, certificate(folder))


def destroy(folder: Path) -> None:
    """Overwrite the key, then remove it."""
    path = folder / KEY
    if not path.exists():
        return
    with path.open("r+b") as stream:
        stream.write(bytes(path.stat().st_size))
        stream.flush()
        os.fsync(stream.fileno())
    path.unlink()


def _certificate(key: ec.EllipticCurvePrivateKey, plan: Plan, at: datetime) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, plan.environment.upper()),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Cérémonie des clés {plan.id}"),
        ]
    )
    usage = usage_of(["digital_signature", "content_commitment"])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(at + LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )

"""TLS certificate of the demo's own HTTPS ports, apart from the hierarchy that it demonstrates.

Its authority is made for one certificate, constrained to this machine's names (RFC 5280 4.2.1.10)
and its key is thrown away: to trust it in a browser endangers nothing else.
"""

import ipaddress
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from guichet.domain.certificates.extensions import usage_of

VALIDITY: Final = timedelta(days=825)
SKEW: Final = timedelta(minutes=5)
LOOPBACK: Final = ipaddress.IPv4Network("127.0.0.1/32")


def make(host: str, at: datetime) -> tuple[bytes, bytes, bytes]:
    """PEM of a server certificate for `host` and 127.0.0.1, its key, and its authority."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    server_key = ec.generate_private_key(ec.SECP256R1())
    authority = _authority(host, authority_key, at)
    server = _server(host, server_key, authority, authority_key, at)
    key = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return server.public_bytes(Encoding.PEM), key, authority.public_bytes(Encoding.PEM)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, at: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - SKEW)
        .not_valid_after(at + VALIDITY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _authority(host: str, key: ec.EllipticCurvePrivateKey, at: datetime) -> x509.Certificate:
    name = _name("Guichet, ports de la démonstration")
    allowed = [x509.DNSName(host), x509.IPAddress(LOOPBACK)]
    usage = usage_of(["key_cert_sign", "crl_sign"])
    return (
        _builder(name, name, key.public_key(), at)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints(allowed, None), critical=True)
        .sign(key, hashes.SHA256())
    )


def _server(
    host: str,
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    at: datetime,
) -> x509.Certificate:
    names = [x509.DNSName(host), x509.IPAddress(LOOPBACK.network_address)]
    authority_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    usage = usage_of(["digital_signature"])
    return (
        _builder(_name(host), authority.subject, key.public_key(), at)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(authority_id, critical=False)
        .sign(authority_key, hashes.SHA256())
    )

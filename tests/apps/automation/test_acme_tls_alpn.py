"""Names validated by tls-alpn-01 (RFC 8737), over the loopback."""
# ruff: noqa: F811 a fixture is an argument of the same name

from __future__ import annotations

import datetime as dt
import hashlib
import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from apps.automation.acme_names import (  # noqa: F401 the fixtures
    AUTHORIZATION,
    NAME,
    TOKEN,
    answering,
    refused,
    zone,
)
from guichet.automation.acme.validation.checks import check
from guichet.domain.acme import answers
from kit import dns_server


@pytest.mark.parametrize(
    ("protocols", "is_wrong", "kind"),
    [
        ((answers.ALPN,), False, None),
        ((answers.ALPN,), True, "incorrectResponse"),
        (("http/1.1",), False, "tls"),
        ((), False, "tls"),
    ],
)
def test_tls_alpn_01(
    zone: dns_server.Zone,
    settings,
    tmp_path: Path,
    protocols: tuple[str, ...],
    is_wrong: bool,
    kind: str | None,
) -> None:
    """ACCEPTED with the protocol and the certificate of RFC 8737; the SNI is the name."""
    context = responder(tmp_path, "x" if is_wrong else AUTHORIZATION, protocols)
    asked: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    with answering(b"", wrap=lambda plain: context.wrap_socket(plain, server_side=True)) as port:
        settings.GUICHET = replace(settings.GUICHET, acme_tls_port=port)
        if kind is None:
            check("tls-alpn-01", NAME, TOKEN, AUTHORIZATION)
        else:
            assert refused("tls-alpn-01").kind == kind
    assert asked == [NAME]


def test_tls_alpn_01_where_tls_is_not_spoken(zone: dns_server.Zone, settings) -> None:
    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        settings.GUICHET = replace(settings.GUICHET, acme_tls_port=port)
        assert refused("tls-alpn-01").kind == "tls"


def responder(folder: Path, authorization: str, protocols: tuple[str, ...]) -> ssl.SSLContext:
    """The side of TLS that shows the certificate of tls-alpn-01."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = dt.datetime.now(dt.UTC)
    value = b"\x04\x20" + hashlib.sha256(authorization.encode()).digest()
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.UnrecognizedExtension(answers.ACME_IDENTIFIER, value), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / "responder.pem"
    path.write_bytes(pem + built.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context

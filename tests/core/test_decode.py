"""What people read of a certificate, against what openssl prints of the same bytes."""

import subprocess
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from guichet.x509.decode import CARD_NUMBER, CERTIFICATE_KIND, describe
from guichet.x509.errors import Unreadable

START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2029, 1, 1, tzinfo=UTC)


def private(oid: str, der: bytes) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), der)


EXTENSIONS: tuple[x509.ExtensionType, ...] = (
    x509.BasicConstraints(ca=False, path_length=None),
    x509.KeyUsage(True, True, False, False, False, False, False, False, False),
    x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.CLIENT_AUTH]),
    x509.SubjectAlternativeName([x509.DNSName("a.fr"), x509.RFC822Name("b@a.fr")]),
    x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("1.2.250.1"), None)]),
    x509.CRLDistributionPoints(
        [
            x509.DistributionPoint(
                [x509.UniformResourceIdentifier("http://127.0.0.1/crl/A.crl")], None, None, None
            )
        ]
    ),
    x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(
                AuthorityInformationAccessOID.OCSP,
                x509.UniformResourceIdentifier("http://127.0.0.1/ocsp"),
            )
        ]
    ),
    x509.PrivateKeyUsagePeriod(START, END),
    x509.OCSPNoCheck(),
    private(CARD_NUMBER, b"\x13\x0a2800143590"),
    private(CERTIFICATE_KIND, b"\x04\x01\x83"),
    private("1.2.3.4", b"\x05\x00"),
)


def certificate(*extensions: x509.ExtensionType) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Monserviceclient")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .serial_number(0x1D5DE25E3DC14BDE2AFFEA0D46B71A45)
        .public_key(key.public_key())
        .not_valid_before(START)
        .not_valid_after(END)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_every_field_is_told() -> None:
    said = describe(certificate(*EXTENSIONS))
    assert said.serial_hex == "1D:5D:E2:5E:3D:C1:4B:DE:2A:FF:EA:0D:46:B7:1A:45"
    assert said.subject_text == said.issuer_text == "CN=Monserviceclient"
    assert (said.not_before, said.not_after) == (START, END)
    assert said.key_usage == {"digitalSignature", "nonRepudiation"}
    assert said.extended_key_usage == ("1.3.6.1.5.5.7.3.2",)
    assert said.dns_names == ("a.fr",)
    assert said.emails == ("b@a.fr",)
    assert said.policy_oids == ("1.2.250.1",)
    assert said.lines("cRLDistributionPoints") == ("http://127.0.0.1/crl/A.crl",)
    assert said.private == {"cardNumber": "2800143590", "certificateKind": "83"}
    assert said.lines("authorityInfoAccess") == ("OCSP: http://127.0.0.1/ocsp",)
    assert said.lines("extendedKeyUsage") == ("clientAuth",)
    assert said.lines("absent") == ()
    assert not said.is_ca
    assert len(said.extensions) == len(EXTENSIONS)
    assert said.key_text == "EC P-256"
    assert "sha256" in said.signature_algorithm.lower()


def test_openssl_computes_the_same_fingerprint() -> None:
    der = certificate()
    printed = subprocess.run(
        ["openssl", "x509", "-inform", "DER", "-noout", "-fingerprint", "-sha256"],
        input=der,
        capture_output=True,
        check=True,
    ).stdout.decode()
    assert describe(der).sha256 in printed


def test_a_bare_certificate_says_nothing_more() -> None:
    said = describe(certificate())
    assert (said.extensions, said.key_usage, said.extended_key_usage) == ((), frozenset(), ())
    assert (said.policy_oids, said.dns_names, said.emails, dict(said.private)) == ((), (), (), {})


@pytest.mark.parametrize("data", [b"", b"junk", b"\x30\x03\x02\x01\x05"])
def test_other_bytes_are_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        describe(data)

"""Certificates, requests and keys that are nearly right, as strangers send them."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)

from guichet.x509 import (
    bundles,
    certificate,
    cms,
    csr,
    decode,
    der,
    folder,
    identity,
    key_lists,
    lints,
    names,
    possession,
    private_keys,
    relying,
    signatures,
)
from guichet.x509 import request as requests
from kit.pki import NOW, Pki, kept_key
from kit.refusals import why

EC = ec.generate_private_key(ec.SECP256R1())
PEM = Encoding.PEM
NOBODY = x509.Name([])


def spki(key: object) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]


def made(
    *extensions: x509.ExtensionType,
    key: object = EC,
    digest: hashes.HashAlgorithm | None = None,
    subject: x509.Name = NOBODY,
) -> x509.CertificateSigningRequest:
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(key, digest)  # type: ignore[arg-type]


def test_a_request_is_read_again_from_its_der() -> None:
    found = made(digest=hashes.SHA256()).public_bytes(Encoding.DER)
    assert csr.read_der(found).der == csr.read(found).der == found
    assert why(csr.read_der, b"\x30" * csr.MAX_SIZE) == "not-a-csr"
    assert why(csr.read_der, b"\x30" * (csr.MAX_SIZE + 1)) == "too-large"
    assert why(csr.read, b" \n") == "empty"


def test_a_request_tells_its_digest_and_whether_it_asks_for_an_authority() -> None:
    asked = x509.BasicConstraints(ca=True, path_length=None)
    found = csr.read(made(asked, digest=hashes.SHA384()).public_bytes(PEM))
    assert (found.signature_hash, found.is_ca, found.dns_names) == ("sha384", True, ())
    named = x509.SubjectAlternativeName([x509.DNSName("a.fr"), x509.RFC822Name("a@b.fr")])
    pure = csr.read(made(named, key=ed25519.Ed25519PrivateKey.generate()).public_bytes(PEM))
    assert (pure.signature_hash, pure.is_ca, pure.dns_names) == (None, False, ("a.fr",))


def test_names_of_every_type_are_told() -> None:
    named = x509.SubjectAlternativeName([x509.DNSName("a.fr"), x509.RFC822Name("a@b.fr")])
    subject = names.build((((names.ORGANIZATION, "Hôpital"),), ((names.COMMON_NAME, "Service"),)))
    found = csr.read(made(named, digest=hashes.SHA256(), subject=subject).public_bytes(PEM))
    assert csr.names_asked(found) == ("Service", "a.fr", "RFC822Name:a@b.fr")
    assert why(csr.names_asked, replace(found, der=b"\x30\x00")) == "not-a-csr"


def test_a_request_is_signed_by_an_algorithm_that_is_known() -> None:
    good = made(digest=hashes.SHA256()).public_bytes(Encoding.DER)
    algorithm = der.oid("1.2.840.10045.4.3.2")
    found = csr.read(good.replace(algorithm, der.oid("1.2.840.10045.4.3.9")))
    assert (found.signature_hash, found.signature_valid) == (None, False)


def test_a_request_made_here_names_nobody_or_somebody() -> None:
    bare = csr.read(requests.unnamed(EC))
    assert bare.signature_valid
    assert csr.names_asked(bare) == ()
    subject: names.Name = (((names.COMMON_NAME, "Service"),),)
    named = csr.read(requests.build(subject, signatures.bound(EC)))
    assert (named.signature_valid, named.subject) == (True, subject)


def test_an_identity_is_read_of_a_request_or_a_certificate(pki: Pki) -> None:
    assert why(identity.of_request, b"\x30\x00") == "not-a-csr"
    broken = pki.leaf("SERV/SSL_SERV").der.replace(b"\x55\x1d\x11", b"\x55\x1d\x0f", 1)
    assert why(identity.of_certificate, broken) == "certificate"


def test_the_key_of_a_certificate_names_it_where_the_extension_does_not() -> None:
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(x509.Name([]))
        .public_key(EC.public_key())
        .serial_number(7)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
    )
    bare = builder.sign(EC, hashes.SHA256()).public_bytes(Encoding.DER)
    digest = x509.SubjectKeyIdentifier.from_public_key(EC.public_key()).digest
    assert certificate.subject_key_id(bare) == digest
    twice = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.14"), b"\xff")
    odd = builder.add_extension(twice, critical=False).sign(EC, hashes.SHA256())
    assert why(certificate.subject_key_id, odd.public_bytes(Encoding.DER)) == "certificate"


def test_a_serial_and_a_fingerprint_as_people_compare_them() -> None:
    assert certificate.serial_hex(0x1D5D) == "1D:5D"
    assert certificate.serial_hex(0) == "00"
    assert certificate.serial_hex(-255) == "-FF"
    assert certificate.fingerprint(b"").startswith("E3:B0:C4:42")
    assert certificate.fingerprints(b"")[1] == "da39a3ee5e6b4b0d3255bfef95601890afd80709"


def test_a_card_without_its_certificate_is_none(pki: Pki) -> None:
    key = kept_key("edges", "p-256")
    secret = BestAvailableEncryption(b"x")
    alone = pkcs12.serialize_key_and_certificates(b"k", key, None, None, secret)  # type: ignore[arg-type]
    assert why(cms.card, alone, b"x") == "card"
    assert why(cms.card, alone, b"y") == "password"
    other = x509.load_der_x509_certificate(pki.leaf().der).public_bytes(PEM)
    pem = key.private_bytes(PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[union-attr]
    assert why(cms.card, pem + other, b"") == "card"


def test_keys_are_told_as_people_say_them(pki: Pki) -> None:
    said = decode.describe(pki.leaf().der)
    assert said.key_text == "RSA-2048"
    assert replace(said, key=replace(said.key, kind="ed25519")).key_text == "Ed25519"
    assert replace(said, key=replace(said.key, kind="ml-dsa-65")).key_text == "ML-DSA-65"
    assert replace(said, key=replace(said.key, kind="ec", curve="P-256")).key_text == "EC P-256"


def test_a_child_is_that_of_a_sequence() -> None:
    assert der.child(der.sequence(der.integer(1), der.integer(2)), 1).number() == 2
    for data in (der.octets(b"x"), der.sequence(der.integer(1)) + b"\0"):
        assert why(der.child, data, 0) == "der"


def test_a_block_without_end_is_one_entry_that_holds_nothing() -> None:
    text = b"-----BEGIN PUBLIC KEY-----\nAAAA\n"
    entries = list(key_lists.read(io.BytesIO(text)))
    assert [(one.line, one.digests) for one in entries] == [(1, frozenset())]


def test_a_linter_says_what_it_cannot_read() -> None:
    found = lints.lint_certificate(b"\x30\x00")
    assert [(one.severity, one.code) for one in found] == [("FATAL", "unreadable")]


def test_possession_is_proved_by_keys_that_sign_here() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    assert not possession.verifies(spki(private.public_key()), b"x" * 63, b"m")
    assert not possession.verifies(spki(x25519.X25519PrivateKey.generate().public_key()), b"", b"m")
    assert not possession.verifies(b"\x30\x00", b"", b"m")


@pytest.mark.parametrize("key", [ed448.Ed448PrivateKey.generate(), dsa.generate_private_key(1024)])  # noqa: S505
def test_a_key_of_another_kind_is_found_and_named_by_nothing(key: object) -> None:
    pem = key.private_bytes(PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[attr-defined]
    found = private_keys.find(pem)
    assert found is not None
    assert found.spki_sha256s == frozenset()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("rsa-sha256", EC),
        ("ecdsa-sha256", kept_key("csr")),
        ("ed25519", kept_key("csr")),
        ("ed25519", EC),
    ],
)
def test_a_scheme_signs_by_keys_of_its_kind_alone(name: str, key: object) -> None:
    scheme = signatures.named(name)
    with pytest.raises(TypeError, match=name):
        scheme.sign(key, b"x")  # type: ignore[arg-type]


def test_a_bundle_is_made_of_certificates() -> None:
    assert why(relying.read_chain, b"\x30\x00") == "unreadable"
    assert why(bundles.pkcs7, [b"\x30\x00"]) == "certificate"


def test_a_request_whose_subject_cannot_be_read_is_none() -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Service")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    sent = builder.sign(EC, hashes.SHA256()).public_bytes(Encoding.DER)
    assert why(csr.read, sent.replace(b"Service", b"Serv\xffce")) == "not-a-csr"


def test_an_openssh_key_that_cannot_be_read_is_found_without_a_name() -> None:
    text = b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"
    found = private_keys.find(text)
    assert found is not None
    assert found.spki_sha256s == frozenset()


def test_an_extension_known_and_told_by_its_octets() -> None:
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(x509.Name([]))
        .public_key(EC.public_key())
        .serial_number(7)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.InhibitAnyPolicy(0), critical=False)
    )
    said = decode.describe(builder.sign(EC, hashes.SHA256()).public_bytes(Encoding.DER))
    assert [one.lines for one in said.extensions] == [("020100",)]


def test_a_folder_without_the_certificate_that_was_listed(tmp_path: Path) -> None:
    """It goes between the listing and the reading, as when it is replaced."""
    made = folder.RevocationFolder(tmp_path)
    assert made._authority(tmp_path / "ac" / "gone.cer") is None

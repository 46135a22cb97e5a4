"""Lists and OCSP that are nearly right, as strangers send them."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
)

from guichet.x509 import (
    crl,
    der,
    ocsp,
    relying,
    signatures,
)
from guichet.x509.ocsp_answer import Responder
from kit.pki import NOW, Pki
from kit.refusals import why

EC = ec.generate_private_key(ec.SECP256R1())


def test_a_list_by_another_algorithm_is_judged_by_the_library(pki: Pki) -> None:
    issuer = x509.load_der_x509_certificate(pki.authority("ACI-EL-ORG-TEST").der)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(NOW)
        .next_update(NOW + timedelta(days=1))
    )
    key = pki.authority("ACI-EL-ORG-TEST").key
    sha3 = builder.sign(key, hashes.SHA3_256()).public_bytes(Encoding.DER)  # type: ignore[arg-type]
    own = issuer.public_bytes(Encoding.DER)
    assert crl.is_signed_by(sha3, own)
    assert not crl.is_signed_by(sha3[:-1] + bytes([sha3[-1] ^ 1]), own)
    usual = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)  # type: ignore[arg-type]
    assert crl.is_signed_by(usual, own)
    sha512 = der.oid("1.2.840.113549.1.1.13")
    first = usual.index(der.oid("1.2.840.113549.1.1.11"))
    beside = usual.index(der.oid("1.2.840.113549.1.1.11"), first + 1)
    mixed = usual[:beside] + sha512 + usual[beside + len(sha512) :]
    assert not crl.is_signed_by(mixed, own)


def test_what_a_list_revokes_is_read_of_lists_alone() -> None:
    assert why(lambda data: list(crl.entries(data)), b"\x30\x00") == "crl"


def test_a_status_request_is_bounded(pki: Pki) -> None:
    leaf, issuer = pki.leaf(), pki.authority("ACI-EL-ORG-TEST")
    builder = x509.ocsp.OCSPRequestBuilder().add_certificate(
        x509.load_der_x509_certificate(leaf.der),
        x509.load_der_x509_certificate(issuer.der),
        hashes.SHA1(),  # noqa: S303 what RFC 6960 names an issuer by
    )
    long = builder.add_extension(x509.OCSPNonce(b"x" * 129), critical=False).build()
    assert why(ocsp.read_request, long.public_bytes(Encoding.DER)) == "nonce"
    assert ocsp.read_request(builder.build().public_bytes(Encoding.DER)).nonce is None


def test_a_responder_signs_as_it_says() -> None:
    key = signatures.bound(EC, "")
    signature = type("Said", (), {"algorithm": b"other"})()
    with pytest.raises(ValueError, match="another scheme"):
        Responder(signature=signature, key=key)


def test_a_list_of_version_1_is_judged_over_its_own_octets(pki: Pki) -> None:
    authority = pki.authority("ACI-EL-ORG-TEST")
    issuer = x509.load_der_x509_certificate(authority.der)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(NOW)
        .next_update(NOW + timedelta(days=1))
    )
    usual = builder.sign(authority.key, hashes.SHA256())  # type: ignore[arg-type]
    fields = der.single(usual.tbs_certlist_bytes).children()
    older = der.sequence(*(field.encoding for field in fields[1:]))
    bound = signatures.bound(authority.key)
    signed = der.sequence(older, bound.scheme.identifier, der.bits(bound.sign(older)))
    assert fields[0].tag == der.INTEGER
    assert crl.is_signed_by(signed, authority.der)


def test_a_status_request_for_a_serial_beyond_bounds_or_a_broken_one_of_several(pki: Pki) -> None:
    issuer = pki.authority("ACI-EL-ORG-TEST").der
    assert why(ocsp.read_request, relying.ask(1 << 160, issuer)) == "serial"
    one = der.single(relying.ask(7, issuer)).children()[0].children()[0].children()[0].encoding
    sha1 = der.oid("1.3.14.3.2.26")
    broken = one.replace(sha1, der.oid("1.3.14.3.2.99"))
    assert broken != one
    several = der.sequence(der.sequence(der.sequence(one, broken)))
    assert why(ocsp.read_request, several) == "not-a-request"


def test_an_answer_of_another_make_has_no_algorithm() -> None:
    assert why(relying._algorithm, b"\x30\x00\x00") == "unreadable"
    assert why(lambda data: relying.ReceivedList(data, b""), b"\x30\x00") == "unreadable"

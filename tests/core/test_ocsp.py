"""OCSP bytes read and written (RFC 6960, RFC 9654), as other implementations see them."""

import hashlib
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as library

from guichet.x509 import bundles, certificate, der, keys, lints, ocsp
from guichet.x509.crl import Reason
from guichet.x509.errors import Unreadable
from guichet.x509.ocsp import Good, Revoked, Status, Unknown, Validity
from kit.pki import NOW, Leaf, Pki, kept_key

DAY = timedelta(days=1)
VALIDITY = Validity(this_update=NOW, next_update=NOW + timedelta(hours=1))
STATUSES: list[Status] = [Good(), Revoked(NOW - DAY, Reason.SUPERSEDED), Unknown()]


def asked(
    leaf: Leaf,
    algorithm: hashes.HashAlgorithm | None = None,
    nonce: bytes | None = None,
) -> bytes:
    """A request for a certificate, as cryptography makes it; SHA-256 unless told otherwise."""
    builder = library.OCSPRequestBuilder().add_certificate(
        certificate.load(leaf.der),
        certificate.load(leaf.authority.der),
        algorithm or hashes.SHA256(),
    )
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def responder(pki: Pki, kind: str = "p-256") -> ocsp.Responder:
    """A delegated responder of the usual authority."""
    key = kept_key("responder", kind)
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    leaf = pki.leaf("OCSP", key=key, authority="ACI-EL-ORG-TEST")
    return ocsp.Responder(certificate=leaf.der, key=key)


def answered(
    pki: Pki, status: Status, nonce: bytes | None = None
) -> tuple[library.OCSPResponse, bytes]:
    request = ocsp.read_request(asked(pki.leaf(), nonce=nonce))
    body = ocsp.answer(responder(pki), request, status, VALIDITY)
    return library.load_der_ocsp_response(body), body


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA256()])  # noqa: S303
def test_a_request_names_its_authority_and_serial(
    pki: Pki, algorithm: hashes.HashAlgorithm
) -> None:
    """The hashes are those of the issuer's name and key bits (RFC 6960 4.1.1)."""
    leaf = pki.leaf()
    request = ocsp.read_request(asked(leaf, algorithm))
    assert request.certificate.algorithm == algorithm.name
    assert request.certificate.serial == leaf.serial
    assert request.nonce is None
    issuer = ocsp.issuer(leaf.authority.der)
    assert issuer.is_named_by(request.certificate)
    name = certificate.subject_der(leaf.authority.der)
    assert (algorithm.name, hashlib.new(algorithm.name, name).digest()) in issuer.name_hashes
    assert not ocsp.issuer(pki.authority("ACI-EL-PP-TEST").der).is_named_by(request.certificate)


def test_same_name_other_key_is_another_authority(pki: Pki) -> None:
    """Both hashes count: a name is anybody's to take."""
    root = pki.authority("ACR-EL-TEST")
    other = pki.root_of(pki.fresh_key("p-256"))
    assert certificate.subject_der(other) == certificate.subject_der(root.der)
    request = ocsp.read_request(asked(Leaf(root.der, root.key, root, pki.leaf().plan)))
    first, second = ocsp.issuers([root.der, other])
    assert first.is_named_by(request.certificate)
    assert not second.is_named_by(request.certificate)


def test_the_hashes_of_openssl(pki: Pki, tmp_path: Path) -> None:
    """`openssl ocsp -req_text` prints the same issuer hashes."""
    leaf = pki.leaf()
    (tmp_path / "leaf.pem").write_text(bundles.pem(leaf.der))
    (tmp_path / "ca.pem").write_text(bundles.pem(leaf.authority.der))
    command = ["openssl", "ocsp", "-sha256", "-issuer", "ca.pem", "-cert", "leaf.pem"]
    run = subprocess.run(
        [*command, "-no_nonce", "-req_text", "-reqout", "request.der"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    request = ocsp.read_request((tmp_path / "request.der").read_bytes())
    assert request.certificate.issuer_name_hash.hex().upper() in run.stdout
    assert request.certificate.issuer_key_hash.hex().upper() in run.stdout
    assert request == ocsp.read_request(asked(leaf))


@pytest.mark.parametrize("length", [1, 32, 128])
def test_nonces_of_lengths_that_are_accepted(pki: Pki, length: int) -> None:
    """ACCEPTED. RFC 9654 2.1: 1 to 128 octets."""
    nonce = bytes(range(length))
    assert ocsp.read_request(asked(pki.leaf(), nonce=nonce)).nonce == nonce


@pytest.mark.parametrize("length", [0, 129])
def test_nonces_of_other_lengths(pki: Pki, length: int) -> None:
    """REFUSED. RFC 9654 2.1: malformedRequest."""
    with pytest.raises(Unreadable):
        ocsp.read_request(asked(pki.leaf(), nonce=bytes(length)))


def two_certificates(pki: Pki) -> bytes:
    """A request for two certificates: what cryptography cannot build."""
    lists = [der.single(asked(pki.leaf())).children()[0].children()[0] for _ in range(2)]
    both = der.sequence(*(found.children()[0].encoding for found in lists))
    return der.sequence(der.sequence(both))


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"\x30\x00",
        b"-----BEGIN OCSP REQUEST-----",
        b"\x30" + bytes(ocsp.MAX_REQUEST),
        b"\x30\x82\xff\xff",
    ],
)
def test_bytes_that_are_no_request(bad: bytes) -> None:
    """REFUSED."""
    with pytest.raises(Unreadable):
        ocsp.read_request(bad)


def test_a_truncated_request_or_one_with_a_rest(pki: Pki) -> None:
    """REFUSED at every length."""
    whole = asked(pki.leaf(), nonce=b"n" * 16)
    for length in range(len(whole)):
        with pytest.raises(Unreadable):
            ocsp.read_request(whole[:length])
    with pytest.raises(Unreadable):
        ocsp.read_request(whole + b"\x00")


def test_a_request_for_two_certificates(pki: Pki) -> None:
    """REFUSED, as docs/divergences.md says."""
    with pytest.raises(Unreadable, match="not-a-request"):
        ocsp.read_request(two_certificates(pki))


def test_good(pki: Pki) -> None:
    response, body = answered(pki, Good())
    assert response.response_status is library.OCSPResponseStatus.SUCCESSFUL
    assert response.certificate_status is library.OCSPCertStatus.GOOD
    assert (response.this_update_utc, response.next_update_utc) == (
        VALIDITY.this_update,
        VALIDITY.next_update,
    )
    assert response.revocation_time_utc is None
    assert lints.lint_ocsp(body) == ()


@pytest.mark.parametrize("reason", [None, *Reason])
def test_revoked(pki: Pki, reason: Reason | None) -> None:
    """With its instant; the reason only where one was given."""
    response, _ = answered(pki, Revoked(NOW - DAY, reason))
    assert response.certificate_status is library.OCSPCertStatus.REVOKED
    assert response.revocation_time_utc == NOW - DAY
    told = response.revocation_reason
    assert (told.value if told else None) == (reason.value if reason else None)


def test_unknown(pki: Pki) -> None:
    response, _ = answered(pki, Unknown())
    assert response.certificate_status is library.OCSPCertStatus.UNKNOWN


@pytest.mark.parametrize("status", STATUSES)
def test_the_answer_is_about_what_was_asked(pki: Pki, status: Status) -> None:
    """Same CertID, same nonce (RFC 9654 2.1); without one, none."""
    response, _ = answered(pki, status, nonce=b"0123456789abcdef")
    nonce = response.extensions.get_extension_for_class(x509.OCSPNonce).value
    assert nonce.nonce == b"0123456789abcdef"
    bare, _ = answered(pki, status)
    assert list(bare.extensions) == []


@pytest.mark.parametrize("kind", ["p-256", "rsa-2048"])
def test_the_delegate_signs_and_shows_its_certificate(pki: Pki, kind: str) -> None:
    """RFC 6960 4.2.2.2: named by its key's hash, its certificate sent along."""
    own = responder(pki, kind)
    body = ocsp.answer(own, ocsp.read_request(asked(pki.leaf())), Good(), VALIDITY)
    response = library.load_der_ocsp_response(body)
    key = certificate.load(own.certificate).public_key()
    key_hash = keys.key_identifier(keys.public_half(own.key))
    assert response.responder_key_hash == key_hash
    assert [c.public_bytes(Encoding.DER) for c in response.certificates] == [own.certificate]
    digest = response.signature_hash_algorithm
    assert isinstance(digest, hashes.SHA256)
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(digest))
    else:
        assert response.signature_algorithm_oid._name == "sha256WithRSAEncryption"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (ocsp.MALFORMED, library.OCSPResponseStatus.MALFORMED_REQUEST),
        (ocsp.UNAUTHORIZED, library.OCSPResponseStatus.UNAUTHORIZED),
        (ocsp.INTERNAL_ERROR, library.OCSPResponseStatus.INTERNAL_ERROR),
        (ocsp.TRY_LATER, library.OCSPResponseStatus.TRY_LATER),
    ],
)
def test_failures_hold_a_status_alone(body: bytes, status: library.OCSPResponseStatus) -> None:
    """RFC 6960 4.2.1."""
    assert library.load_der_ocsp_response(body).response_status is status
    assert len(body) == 5


@pytest.mark.parametrize(
    ("status", "said"),
    [(STATUSES[0], "leaf.pem: good"), (STATUSES[1], "leaf.pem: revoked"), (STATUSES[2], "unknown")],
)
def test_openssl_believes_the_answer(tmp_path: Path, status: Status, said: str) -> None:
    """The delegate is authorised by its certificate, which chains to the root."""
    pki = Pki(now=datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1))
    leaf = pki.leaf()
    request = ocsp.read_request(asked(leaf))
    now = datetime.now(UTC).replace(microsecond=0)
    validity = Validity(this_update=now, next_update=now + timedelta(hours=1))
    (tmp_path / "answer.der").write_bytes(ocsp.answer(responder(pki), request, status, validity))
    (tmp_path / "leaf.pem").write_text(bundles.pem(leaf.der))
    (tmp_path / "ca.pem").write_text(bundles.pem(leaf.authority.der))
    (tmp_path / "trust.pem").write_text(bundles.pem_chain(leaf.authority.chain))
    command = ["openssl", "ocsp", "-sha256", "-issuer", "ca.pem", "-cert", "leaf.pem"]
    run = subprocess.run(
        [*command, "-no_nonce", "-respin", "answer.der", "-CAfile", "trust.pem"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Response verify OK" in run.stderr
    assert said in run.stdout

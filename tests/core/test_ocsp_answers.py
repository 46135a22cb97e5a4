"""OCSP answers written (RFC 6960, RFC 9654), as other implementations read them."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as library
from hypothesis import given
from hypothesis import strategies as st

from guichet.x509 import bundles, certificate, der, keys, lints, ocsp, ocsp_answer, signatures
from guichet.x509.crl import Reason
from guichet.x509.ocsp import Good, Revoked, Status, Unknown
from guichet.x509.ocsp_answer import Responder, Signature, Single, Validity
from kit.ocsp_requests import asked
from kit.pki import NOW, Pki, kept_key

DAY = timedelta(days=1)
VALIDITY = Validity(this_update=NOW, next_update=NOW + timedelta(hours=1))
STATUSES: list[Status] = [Good(), Revoked(NOW - DAY, Reason.SUPERSEDED), Unknown()]


def responder(pki: Pki, kind: str = "p-256") -> Responder:
    """A delegated responder of the usual authority."""
    key = kept_key("responder", kind)
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    leaf = pki.leaf("OCSP", key=key, authority="ACI-EL-ORG-TEST")
    return Responder(signature=Signature.of(leaf.der), key=signatures.bound(key))


def answer_to(request: ocsp.Request, status: Status, own: Responder, validity: Validity) -> bytes:
    """The answer: the same status for every certificate asked about."""
    singles = [Single(asked, status, validity) for asked in request.certificates]
    return ocsp_answer.sign(own, singles, validity.this_update, request.nonce)


def answered(
    pki: Pki, status: Status, nonce: bytes | None = None
) -> tuple[library.OCSPResponse, bytes]:
    request = ocsp.read_request(asked(pki.leaf(), nonce=nonce))
    body = answer_to(request, status, responder(pki), VALIDITY)
    return library.load_der_ocsp_response(body), body


@given(
    serial=st.integers(0, 2**159 - 1),
    at=st.datetimes(NOW.replace(year=1970, tzinfo=None), NOW.replace(year=2100, tzinfo=None)),
)
def test_an_answer_says_what_the_library_would(pki: Pki, serial: int, at: datetime) -> None:
    """Byte for byte, whatever the serial's sign and length."""
    at = at.replace(tzinfo=UTC, microsecond=0)
    own = responder(pki)
    request = ocsp.read_request(asked(pki.leaf()))
    one = replace(request.certificates[0], serial=serial)
    validity = Validity(this_update=at, next_update=at + DAY)
    status = Revoked(at, Reason.KEY_COMPROMISE)
    ours = library.load_der_ocsp_response(answer_to(ocsp.Request((one,)), status, own, validity))
    theirs = (
        library.OCSPResponseBuilder()
        .add_response_by_hash(
            one.issuer_name_hash,
            one.issuer_key_hash,
            serial,
            hashes.SHA256(),
            library.OCSPCertStatus.REVOKED,
            at,
            at + DAY,
            at,
            x509.ReasonFlags.key_compromise,
        )
        .responder_id(
            library.OCSPResponderEncoding.HASH, certificate.load(own.signature.certificate)
        )
        .sign(own.key.key, hashes.SHA256())
    )
    produced = (der.single(r.tbs_response_bytes).children() for r in (ours, theirs))
    mine, others = ([e.encoding for e in elements] for elements in produced)
    assert (mine[0], mine[2]) == (others[0], others[2])


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
    body = answer_to(ocsp.read_request(asked(pki.leaf())), Good(), own, VALIDITY)
    response = library.load_der_ocsp_response(body)
    key = certificate.load(own.signature.certificate).public_key()
    key_hash = keys.key_identifier(keys.public_half(own.key.key))
    assert response.responder_key_hash == key_hash
    assert [c.public_bytes(Encoding.DER) for c in response.certificates] == [
        own.signature.certificate
    ]
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
    (tmp_path / "answer.der").write_bytes(answer_to(request, status, responder(pki), validity))
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

"""OCSP bytes read and written (RFC 6960, RFC 9654), as other implementations see them."""

import hashlib
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
from guichet.x509.errors import Unreadable
from guichet.x509.ocsp import Good, Revoked, Status, Unknown
from guichet.x509.ocsp_answer import Responder, Signature, Single, Validity
from kit.ocsp_requests import request_of_several
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


def names(asked: ocsp.CertId, issuer: ocsp.Issuer) -> bool:
    """Whether a CertID is about this authority: by its name and its key."""
    by_name = (asked.algorithm, asked.issuer_name_hash) in issuer.name_hashes
    return by_name and (asked.algorithm, asked.issuer_key_hash) in issuer.key_hashes


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


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA256()])  # noqa: S303
def test_a_request_names_its_authority_and_serial(
    pki: Pki, algorithm: hashes.HashAlgorithm
) -> None:
    """The hashes are those of the issuer's name and key bits (RFC 6960 4.1.1)."""
    leaf = pki.leaf()
    request = ocsp.read_request(asked(leaf, algorithm))
    assert request.certificates[0].algorithm == algorithm.name
    assert request.certificates[0].serial == leaf.serial
    assert request.nonce is None
    issuer = ocsp.issuer(leaf.authority.der)
    assert names(request.certificates[0], issuer)
    name = certificate.subject_der(leaf.authority.der)
    assert (algorithm.name, hashlib.new(algorithm.name, name).digest()) in issuer.name_hashes
    assert not names(request.certificates[0], ocsp.issuer(pki.authority("ACI-EL-PP-TEST").der))


def test_same_name_other_key_is_another_authority(pki: Pki) -> None:
    """Both hashes count: a name is anybody's to take."""
    root = pki.authority("ACR-EL-TEST")
    other = pki.root_of(pki.fresh_key("p-256"))
    assert certificate.subject_der(other) == certificate.subject_der(root.der)
    request = ocsp.read_request(asked(Leaf(root.der, root.key, root, pki.leaf().plan)))
    first, second = ocsp.issuers([root.der, other])
    assert names(request.certificates[0], first)
    assert not names(request.certificates[0], second)


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
    assert request.certificates[0].issuer_name_hash.hex().upper() in run.stdout
    assert request.certificates[0].issuer_key_hash.hex().upper() in run.stdout
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


UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.7"), b"\x05\x00")


@pytest.mark.parametrize("others", [0, 1], ids=["alone", "several"])
def test_an_extension_that_nobody_knows(pki: Pki, others: int) -> None:
    """REFUSED when critical, ignored when not (RFC 6960 4.4), however many are asked about."""
    for critical in (False, True):
        builder = library.OCSPRequestBuilder().add_certificate(
            certificate.load(pki.leaf().der),
            certificate.load(pki.leaf().authority.der),
            hashes.SHA256(),
        )
        alone = builder.add_extension(UNKNOWN, critical=critical).build()
        request = request_of_several(*[alone.public_bytes(Encoding.DER)] * (1 + others))
        if critical:
            with pytest.raises(Unreadable, match="extension"):
                ocsp.read_request(request)
        else:
            assert len(ocsp.read_request(request).certificates) == 1 + others


@pytest.mark.parametrize("critical", [False, True])
def test_an_extension_of_one_certificate_s_request(pki: Pki, critical: bool) -> None:
    """REFUSED when critical: none is understood (RFC 6960 4.4.6 asks for no locator here)."""
    one = der.single(der.child(asked(pki.leaf()), 0).children()[0].children()[0].encoding)
    locator = der.extension("1.3.6.1.5.5.7.48.1.7", der.sequence(), critical=critical)
    with_it = der.sequence(
        *[e.encoding for e in one.children()], der.tlv(der.context(0), der.sequence(locator))
    )
    request = der.sequence(der.sequence(der.sequence(with_it)))
    for times in (1, 2):
        several = request_of_several(*[request] * times)
        if critical:
            with pytest.raises(Unreadable, match="extension"):
                ocsp.read_request(several)
        else:
            assert len(ocsp.read_request(several).certificates) == times


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


@pytest.mark.parametrize("nonce", [None, b"n" * 16])
def test_a_request_for_several_certificates(pki: Pki, nonce: bytes | None) -> None:
    """RFC 6960 4.1.1: in the order asked, each under its own hash, one nonce for all."""
    parts = [asked(pki.leaf(), algorithm) for algorithm in (hashes.SHA1(), hashes.SHA256())]  # noqa: S303
    parts.append(asked(pki.leaf("PRO/AUTH"), nonce=nonce))
    request = ocsp.read_request(request_of_several(*parts))
    alone = [ocsp.read_request(part) for part in parts]
    assert request.certificates == tuple(one.certificates[0] for one in alone)
    assert request.nonce == nonce


def test_a_request_for_too_many_certificates(pki: Pki) -> None:
    """REFUSED: each would be signed about for nothing."""
    most = [asked(pki.leaf())] * ocsp.MOST_CERTIFICATES
    assert len(ocsp.read_request(request_of_several(*most)).certificates) == len(most)
    with pytest.raises(Unreadable, match="not-a-request"):
        ocsp.read_request(request_of_several(*most, most[0]))


def test_a_request_for_several_of_which_one_is_none(pki: Pki) -> None:
    """REFUSED whole, at every length of the second."""
    first, second = asked(pki.leaf()), asked(pki.leaf(), nonce=b"n" * 16)
    both = request_of_several(first, second)
    for length in range(len(both)):
        with pytest.raises(Unreadable):
            ocsp.read_request(both[:length])
    rubbish = der.single(both).children()[0].children()[0].children()[0].encoding
    with pytest.raises(Unreadable):
        ocsp.read_request(der.sequence(der.sequence(der.sequence(rubbish, der.octets(b"x")))))


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

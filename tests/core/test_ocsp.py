"""OCSP requests read (RFC 6960, RFC 9654), as other implementations write them."""

import hashlib
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as library

from guichet.x509 import bundles, certificate, der, ocsp
from guichet.x509.errors import Unreadable
from kit.ocsp_requests import asked, request_of_several
from kit.pki import Leaf, Pki


def names(asked: ocsp.CertId, issuer: ocsp.Issuer) -> bool:
    """Whether a CertID is about this authority: by its name and its key."""
    by_name = (asked.algorithm, asked.issuer_name_hash) in issuer.name_hashes
    return by_name and (asked.algorithm, asked.issuer_key_hash) in issuer.key_hashes


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

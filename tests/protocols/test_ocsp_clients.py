"""OCSP and lists over HTTP, by OpenSSL, GnuTLS and curl; their output is read, not their status.

`openssl ocsp` and `ocsptool` exit 0 on a valid answer that says "revoked".
"""

import base64
import re
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509

from kit.stack import Stack
from protocols.evidence import Evidence, run
from protocols.products import Product

HASHES = {"sha1": [], "sha256": ["-sha256"]}


@pytest.fixture
def issuer(evidence: Evidence) -> Path:
    """The certificate of the authority that signed what is asked about."""
    return evidence.issuer


def openssl(stack: Stack, issuer: Path, *asked: str | Path, service: str = "") -> str:
    """`openssl ocsp`, which verifies the answer up to the root."""
    trust = ("-CAfile", stack.state / "demo" / "trust" / "chain.pem")
    url = ("-url", f"{service or stack.pki_url}/ocsp")
    return run("openssl", "ocsp", "-issuer", issuer, *asked, *trust, *url)


def fetch(url: str, *options: str) -> bytes:
    done = subprocess.run(
        ["curl", "-s", "-f", *options, url], capture_output=True, check=True, timeout=30
    )
    return done.stdout


@pytest.mark.parametrize("nonce", ["-nonce", "-no_nonce"])
@pytest.mark.parametrize("algorithm", HASHES)
def test_openssl_by_post(
    stack: Stack, client_product: Product, issuer: Path, algorithm: str, nonce: str
) -> None:
    """Good, verified; the nonce is echoed, or OpenSSL says that it is not."""
    said = openssl(stack, issuer, *HASHES[algorithm], "-cert", client_product.certificate, nonce)
    assert "Response verify OK" in said
    assert "product.pem: good" in said
    assert "no nonce in response" not in said


@pytest.mark.parametrize("algorithm", HASHES)
def test_openssl_by_get(
    stack: Stack, client_product: Product, issuer: Path, tmp_path: Path, algorithm: str
) -> None:
    """RFC 6960 A.1: OpenSSL makes the request and reads the answer; curl carries them."""
    asked = (*HASHES[algorithm], "-issuer", issuer, "-cert", client_product.certificate)
    run("openssl", "ocsp", *asked, "-no_nonce", "-reqout", tmp_path / "request.der")
    encoded = base64.b64encode((tmp_path / "request.der").read_bytes()).decode()
    for form in (quote(encoded, safe=""), encoded.rstrip("=")):
        answer = fetch(f"{stack.pki_url}/ocsp/{form}", "--path-as-is")
        (tmp_path / "answer.der").write_bytes(answer)
        trust = ("-CAfile", stack.state / "demo" / "trust" / "chain.pem")
        said = run(
            "openssl", "ocsp", *asked, "-no_nonce", "-respin", tmp_path / "answer.der", *trust
        )
        assert "Response verify OK" in said
        assert "product.pem: good" in said
    head = fetch(f"{stack.pki_url}/ocsp/{quote(encoded, safe='')}", "-I").decode().lower()
    assert "content-type: application/ocsp-response" in head
    assert re.search(r"cache-control: max-age=\d+, public", head)


def gnutls(evidence: Evidence, service: str, certificate: Path, *options: str) -> str:
    """`ocsptool`, told where to ask: it verifies the answer by the issuer."""
    return run(
        "ocsptool", f"--ask={service}/ocsp", "--load-issuer", evidence.issuer,
        "--load-cert", certificate, "--load-trust", evidence.issuer, *options,
    )  # fmt: skip


@pytest.mark.parametrize("nonce", [[], ["--nonce"]])
def test_gnutls(evidence: Evidence, nonce: list[str]) -> None:
    """The three statuses, verified; with a nonce it insists on its own."""
    for status in ("good", "revoked", "unknown"):
        certificate = getattr(evidence, status).certificate
        said = gnutls(evidence, evidence.pki_url, certificate, *nonce)
        assert "Response Status: Successful" in said
        assert f"Certificate Status: {status}" in said
        assert "Verifying OCSP Response: Success" in said
        assert ("Nonce:" in said) is bool(nonce)


def test_a_revocation_is_told(stack: Stack, evidence: Evidence, issuer: Path) -> None:
    """With its reason."""
    said = openssl(stack, issuer, "-cert", evidence.revoked.certificate, "-no_nonce")
    assert "Response verify OK" in said
    assert "product.pem: revoked" in said
    assert "Reason: superseded" in said


def test_a_certificate_that_nobody_recorded(stack: Stack, evidence: Evidence, issuer: Path) -> None:
    """Unknown, though the authority's own key signed it (RFC 6960 2.2): no thief gets a "good"."""
    said = openssl(stack, issuer, "-cert", evidence.unknown.certificate)
    assert "Response verify OK" in said
    assert "unknown.pem: unknown" in said


def test_a_broken_signature(stack: Stack, evidence: Evidence, issuer: Path, liar: str) -> None:
    """REFUSED by both: what they accept elsewhere, they verified."""
    certificate = evidence.good.certificate
    said = openssl(stack, issuer, "-cert", certificate, service=liar)
    assert "Response Verify Failure" in said
    assert "signature failure" in said
    assert "Signature failure" in gnutls(evidence, liar, certificate)


def test_an_authority_of_somebody_else(stack: Stack) -> None:
    """Unauthorized: the authority of the HTTPS ports is none of ours."""
    foreign = stack.state / "tls" / "authority.pem"
    assert "unauthorized (6)" in openssl(stack, foreign, "-serial", "0x01")


@pytest.mark.parametrize("nonce", ["-nonce", "-no_nonce"])
@pytest.mark.parametrize("algorithm", HASHES)
def test_several_certificates_in_one_request(
    stack: Stack, evidence: Evidence, issuer: Path, algorithm: str, nonce: str
) -> None:
    """Each is answered, under one signature (RFC 6960 4.1.1)."""
    asked = [
        part
        for product in (evidence.good, evidence.revoked, evidence.unknown)
        for part in ("-cert", product.certificate)
    ]
    said = openssl(stack, issuer, *HASHES[algorithm], *asked, nonce)
    assert "Response verify OK" in said
    for product, status in (
        (evidence.good, "good"),
        (evidence.revoked, "revoked"),
        (evidence.unknown, "unknown"),
    ):
        assert f"{product.certificate}: {status}" in said
    assert "no nonce in response" not in said


def test_bytes_that_are_no_request(stack: Stack, tmp_path: Path) -> None:
    """Malformed."""
    url = f"{stack.pki_url}/ocsp"
    (tmp_path / "answer.der").write_bytes(fetch(url, "--data-binary", "hello"))
    said = run("openssl", "ocsp", "-respin", tmp_path / "answer.der", "-resp_text", "-noverify")
    assert "malformedrequest (1)" in said


def test_every_card_of_the_demo(stack: Stack) -> None:
    """Cards have their own authorities, which the same responder answers for."""
    expected = {"sophie": "good", "jeanne": "good", "revoquee": "revoked", "perimee": "good"}
    for name, status in expected.items():
        card = stack.state / "demo" / "cards" / f"{name}.crt"
        between = x509.load_pem_x509_certificates(card.read_bytes())[1]
        issuer = stack.state / "published" / "ac"
        (path,) = (
            p
            for p in issuer.glob("*.cer")
            if x509.load_der_x509_certificate(p.read_bytes()) == between
        )
        said = openssl(stack, path, "-cert", card)
        assert "Response verify OK" in said, name
        assert f"{name}.crt: {status}" in said, name

"""OCSP and lists over HTTP, by OpenSSL, GnuTLS and curl; their output is read, not their status.

`openssl ocsp` and `ocsptool` exit 0 on a valid answer that says "revoked".
"""

import base64
import re
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID as Access

from kit.stack import Stack
from protocols.products import Product

TOLD_WITHIN_S = 30
HASHES = {"sha1": [], "sha256": ["-sha256"]}


@pytest.fixture(scope="session")
def issuer(client_product: Product) -> Path:
    """The certificate of the authority that signed it: the first of the chain."""
    path = client_product.chain.with_name("issuer.pem")
    subprocess.run(
        ["openssl", "x509", "-in", client_product.chain, "-out", path],
        check=True,
        capture_output=True,
    )
    return path


def run(*command: str | Path, stdin: bytes | None = None) -> str:
    """Both outputs, as text."""
    done = subprocess.run(
        command,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=30,
    )
    return done.stdout.decode(errors="replace")


def openssl(stack: Stack, issuer: Path, *asked: str | Path) -> str:
    """`openssl ocsp`, which verifies the answer up to the root."""
    trust = ("-CAfile", stack.state / "demo" / "trust" / "chain.pem")
    url = ("-url", f"{stack.pki_url}/ocsp")
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


def gnutls(stack: Stack, issuer: Path, certificate: Path, *options: str) -> str:
    """`ocsptool`, told where to ask: it verifies the answer by the issuer."""
    return run(
        "ocsptool", f"--ask={stack.pki_url}/ocsp", "--load-issuer", issuer,
        "--load-cert", certificate, "--load-trust", stack.state / "demo" / "trust" / "chain.pem",
        *options,
    )  # fmt: skip


@pytest.mark.parametrize("nonce", [[], ["--nonce"]])
def test_gnutls(stack: Stack, client_product: Product, issuer: Path, nonce: list[str]) -> None:
    """Good, verified; with a nonce it insists on its own."""
    said = gnutls(stack, issuer, client_product.certificate, *nonce)
    assert "Response Status: Successful" in said
    assert "Certificate Status: good" in said
    assert "Verifying OCSP Response: Success" in said
    assert ("Nonce:" in said) is bool(nonce)


def test_a_revocation_is_told(stack: Stack, revoked_product: Product, issuer: Path) -> None:
    """Within seconds, with its reason, to both."""
    deadline = time.monotonic() + TOLD_WITHIN_S
    asked = ("-cert", revoked_product.certificate, "-no_nonce")
    while "product.pem: good" in (said := openssl(stack, issuer, *asked)):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert "Response verify OK" in said
    assert "product.pem: revoked" in said
    assert "Reason: superseded" in said
    other = gnutls(stack, issuer, revoked_product.certificate)
    assert "Certificate Status: revoked" in other
    assert "Verifying OCSP Response: Success" in other


def test_a_serial_that_nobody_issued(stack: Stack, issuer: Path) -> None:
    """Unknown: neither good nor revoked (RFC 6960 2.2)."""
    said = openssl(stack, issuer, "-serial", "0x1D5DE25E3DC14BDE2AFFEA0D46B71A45")
    assert "Response verify OK" in said
    assert "0x1D5DE25E3DC14BDE2AFFEA0D46B71A45: unknown" in said


def test_an_authority_of_somebody_else(stack: Stack) -> None:
    """Unauthorized: the authority of the HTTPS ports is none of ours."""
    foreign = stack.state / "tls" / "authority.pem"
    assert "unauthorized (6)" in openssl(stack, foreign, "-serial", "0x01")


def test_two_certificates_in_one_request(
    stack: Stack, client_product: Product, revoked_product: Product, issuer: Path
) -> None:
    """Malformed, as docs/divergences.md says; one at a time they are answered."""
    both = ("-cert", client_product.certificate, "-cert", revoked_product.certificate)
    assert "malformedrequest (1)" in openssl(stack, issuer, *both)


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


def test_the_addresses_inside_a_certificate_answer(
    stack: Stack, client_product: Product, issuer: Path, tmp_path: Path
) -> None:
    """OCSP, the issuer's certificate and its list, each where the certificate says."""
    leaf = x509.load_pem_x509_certificate(client_product.certificate.read_bytes())
    found = {
        told.access_method: str(told.access_location.value)
        for told in leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    }
    assert found[Access.OCSP] == f"{stack.pki_url}/ocsp"
    authority = x509.load_der_x509_certificate(fetch(found[Access.CA_ISSUERS]))
    assert authority == x509.load_pem_x509_certificate(issuer.read_bytes())
    points = leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    addresses = [str(name.value) for point in points for name in point.full_name or ()]
    assert addresses
    for address in addresses:
        loaded = x509.load_der_x509_crl(fetch(address))
        assert loaded.is_signature_valid(authority.public_key())  # type: ignore[arg-type]
        assert loaded.get_revoked_certificate_by_serial_number(leaf.serial_number) is None


def test_lists_are_kept_by_clients(stack: Stack) -> None:
    """RFC 9110 13.1.2: nothing is sent twice."""
    url = f"{stack.pki_url}/crl/ACR-FO-TEST.crl"
    head = fetch(url, "-I").decode()
    tag = re.search(r'^etag: ("[^"]+")', head, re.MULTILINE | re.IGNORECASE)
    assert tag
    again = fetch(url, "-I", "-H", f"If-None-Match: {tag[1]}").decode()
    assert again.splitlines()[0].split()[1] == "304"

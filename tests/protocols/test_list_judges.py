"""Published lists, full and delta, as OpenSSL and GnuTLS judge them and judge by them."""

import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509

from kit.liar import broken
from kit.stack import Stack
from protocols.evidence import ISSUER, ROOT, TOLD_WITHIN_S, Evidence, pem_file, run
from protocols.products import Product, call, obtain

NAMES = [f"{ISSUER}.crl", f"{ROOT}.crl", f"{ISSUER}-delta.crl"]


def signer_of(name: str, evidence: Evidence) -> Path:
    return evidence.root if name.startswith(ROOT) else evidence.issuer


@pytest.mark.parametrize("name", NAMES)
def test_their_signatures(evidence: Evidence, tmp_path: Path, name: str) -> None:
    """ACCEPTED as published; REFUSED with one bit turned, or from another authority."""
    signer = signer_of(name, evidence)
    other = evidence.issuer if signer == evidence.root else evidence.root
    told = evidence.crl(name)
    for der, trusted, accepted in (
        (told, signer, True),
        (broken(told), signer, False),
        (told, other, False),
    ):
        path = pem_file(tmp_path / "list.pem", [der])
        by_openssl = run("openssl", "crl", "-in", path, "-noout", "-verify", "-CAfile", trusted)
        assert ("verify OK" in by_openssl) is accepted, by_openssl
        by_gnutls = run("certtool", "--verify-crl", "--infile", path,
                        "--load-ca-certificate", trusted)  # fmt: skip
        assert ("Verified. The certificate is trusted." in by_gnutls) is accepted, by_gnutls


def openssl_verifies(evidence: Evidence, lists: Path, product: Product, *options: str) -> str:
    """What `openssl verify` says of a product by these lists; strictly."""
    trust = ("-CAfile", evidence.root, "-untrusted", evidence.issuer, "-CRLfile", lists)
    strictly = ("-x509_strict", "-crl_check_all", "-extended_crl")
    return run("openssl", "verify", *strictly, *options, *trust, product.certificate)


def gnutls_verifies(evidence: Evidence, lists: Path, product: Product, folder: Path) -> str:
    """What `certtool` says of it."""
    chain = folder / "whole.pem"
    chain.write_bytes(product.certificate.read_bytes() + product.chain.read_bytes())
    trust = ("--load-ca-certificate", evidence.root, "--load-crl", lists)
    return run("certtool", "--verify", *trust, "--infile", chain)


def test_who_is_revoked(evidence: Evidence, tmp_path: Path) -> None:
    """Good, revoked; and by broken lists, nothing is sure."""
    published = [evidence.crl(f"{code}.crl") for code in (ISSUER, ROOT)]
    lists = pem_file(tmp_path / "lists.pem", published)
    assert openssl_verifies(evidence, lists, evidence.good).endswith("product.pem: OK\n")
    assert "certificate revoked" in openssl_verifies(evidence, lists, evidence.revoked)
    assert "is trusted." in gnutls_verifies(evidence, lists, evidence.good, tmp_path)
    assert "is revoked" in gnutls_verifies(evidence, lists, evidence.revoked, tmp_path)
    pem_file(lists, map(broken, published))
    assert "CRL signature failure" in openssl_verifies(evidence, lists, evidence.good)


def test_the_list_is_fetched_where_certificates_say(evidence: Evidence) -> None:
    """OpenSSL follows the distribution points itself: those of leaves, for roots have none."""
    trust = ("-CAfile", evidence.root, "-untrusted", evidence.issuer)
    for product, told in ((evidence.good, "OK"), (evidence.revoked, "certificate revoked")):
        said = run("openssl", "verify", "-crl_check", "-crl_download", *trust,
                   product.certificate)  # fmt: skip
        assert told in said, said


@dataclass(frozen=True)
class Change:
    """A revocation between two lists: the full one from before, the delta that tells it."""

    product: Product
    before: bytes
    delta: bytes
    above: bytes


@pytest.fixture(scope="module")
def change(stack: Stack, evidence: Evidence, tmp_path_factory: pytest.TempPathFactory) -> Change:
    """A product revoked while a client keeps the full list that it has."""
    product = obtain(stack, tmp_path_factory.mktemp("delta"))
    serial = x509.load_pem_x509_certificate(product.certificate.read_bytes()).serial_number
    before = evidence.crl(f"{ISSUER}.crl")
    call(stack, f"/products/{product.id}/revocation", {"reason": "superseded"})
    deadline = time.monotonic() + TOLD_WITHIN_S
    while True:
        delta = evidence.crl(f"{ISSUER}-delta.crl")
        loaded = x509.load_der_x509_crl(delta)
        if loaded.get_revoked_certificate_by_serial_number(serial):
            return Change(product, before, delta, evidence.crl(f"{ROOT}.crl"))
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_delta_on_a_list_kept(evidence: Evidence, change: Change, tmp_path: Path) -> None:
    """REVOKED by the delta, which the full list of before does not tell; the others are good."""
    kept = pem_file(tmp_path / "kept.pem", [change.before, change.above])
    both = pem_file(tmp_path / "both.pem", [change.before, change.delta, change.above])
    assert "OK" in openssl_verifies(evidence, kept, change.product, "-use_deltas")
    assert "OK" in openssl_verifies(evidence, both, evidence.good, "-use_deltas")
    revoked = openssl_verifies(evidence, both, change.product, "-use_deltas")
    assert "certificate revoked" in revoked
    lists = [change.before, broken(change.delta), change.above]
    pem_file(both, lists)
    doubtful = openssl_verifies(evidence, both, evidence.good, "-use_deltas")
    assert "CRL signature failure" in doubtful

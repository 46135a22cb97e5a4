"""Admission of requests: every rule, all objections at once, one way to an AdmittedCsr."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from guichet.domain.catalogue import profiles
from guichet.domain.certificates import csr_policy
from guichet.domain.refusals import Code
from guichet.x509 import bundles
from kit.pki import Pki, kept_key
from kit.refusals import assert_refused

PROFILE = profiles.profile("ORG/AUTH_CLI")
REQUESTS = Path(__file__).parent.parent / "vectors" / "requests"


def admit(
    data: bytes,
    profile: profiles.Profile = PROFILE,
    *,
    past: csr_policy.KeyPast = csr_policy.KeyPast.UNSEEN,
) -> csr_policy.AdmittedCsr:
    return csr_policy.admit(csr_policy.read(data), profile, past=past)


def vector(name: str) -> bytes:
    return (REQUESTS / f"{name}.pem").read_bytes()


@pytest.mark.parametrize(
    "name",
    [
        *("openssl-rsa-2048", "openssl-p256-san", "openssl-ed25519"),
        *("certtool-challenge", "keytool-rsa-3072"),
    ],
)
def test_ordinary_requests_are_admitted(name: str) -> None:
    """ACCEPTED. What tools ask by habit (names, usages) is tolerated and ignored."""
    admitted = admit(vector(name))
    assert admitted.profile is PROFILE
    assert admitted.csr == csr_policy.read(vector(name))


def test_stronger_digests_are_admitted(pki: Pki) -> None:
    """ACCEPTED. SHA-384 and SHA-512 as well as SHA-256."""
    for digest in (hashes.SHA384(), hashes.SHA512()):
        assert admit(pki.csr(digest=digest))


@pytest.mark.parametrize("kind", ["ed25519", "ml-dsa-44", "ml-dsa-65", "ml-dsa-87"])
def test_requests_signed_without_a_digest(pki: Pki, kind: str) -> None:
    """ACCEPTED by their key alone: RFC 8410, RFC 9881; REFUSED when another key signed."""
    assert admit(pki.csr(kept_key(kind, kind))).csr.key.name == kind
    with assert_refused(Code.CSR_SIGNATURE):
        admit(pki.csr(kept_key(kind, kind), signed_by=pki.fresh_key(kind)))


def test_possession_must_be_proved(pki: Pki) -> None:
    """REFUSED. The request proves possession of the key it carries (RFC 2986 3)."""
    with assert_refused(Code.CSR_SIGNATURE):
        admit(pki.csr(signed_by=pki.fresh_key()))


def test_old_digests_are_named() -> None:
    """REFUSED. SHA-1, and the message says SHA-1 rather than a wrong signature."""
    with assert_refused(Code.CSR_SIGNATURE_ALGORITHM, algorithm="sha1"):
        admit(vector("openssl-sha1"))


def test_short_digests_are_refused(pki: Pki) -> None:
    """REFUSED. SHA-224 is below what the profiles sign with."""
    with assert_refused(Code.CSR_SIGNATURE_ALGORITHM, algorithm="sha224"):
        admit(pki.csr(digest=hashes.SHA224()))


def test_keys_without_a_profile_are_refused() -> None:
    """REFUSED by their kind alone where their signature is sound."""
    with assert_refused(Code.KEY_TYPE, kind="ed25519"):
        admit(vector("openssl-ed25519"), profiles.profile("ORG/CONF"))
    with assert_refused(Code.KEY_TYPE, kind="secp256k1"):
        admit(vector("openssl-secp256k1"))
    with assert_refused(Code.CSR_SIGNATURE_ALGORITHM, Code.KEY_TYPE):
        admit(vector("openssl-ed448"))


def test_a_key_seen_before_is_refused(pki: Pki) -> None:
    """REFUSED. One key, one certificate."""
    with assert_refused(Code.KEY_SEEN):
        admit(pki.csr(), past=csr_policy.KeyPast.SEEN)


def test_nobody_asks_to_be_an_authority() -> None:
    """REFUSED. CA:TRUE in a request."""
    with assert_refused(Code.CSR_EXTENSION_FORBIDDEN, extension="CA:TRUE"):
        admit(vector("openssl-ca-true"))


def test_other_extensions_are_refused(pki: Pki) -> None:
    """REFUSED, each named: what would be ignored silently may have been counted on."""
    constraints = x509.NameConstraints([x509.DNSName("a.fr")], None)
    policies = x509.CertificatePolicies(
        [x509.PolicyInformation(x509.ObjectIdentifier("1.2"), None)]
    )
    asked = [(constraints, True), (policies, False)]
    forbidden = Code.CSR_EXTENSION_FORBIDDEN
    with assert_refused(forbidden, forbidden, extension="2.5.29.30"):
        admit(pki.csr(extensions=asked))


def test_all_objections_at_once(pki: Pki) -> None:
    """REFUSED once, with everything that is wrong: the person mends it in one go."""
    request = pki.csr(
        kept_key("short", "rsa-1024"),
        extensions=[(x509.BasicConstraints(ca=True, path_length=None), True)],
    )
    with assert_refused(Code.KEY_TOO_SHORT, Code.KEY_SEEN, Code.CSR_EXTENSION_FORBIDDEN):
        admit(request, past=csr_policy.KeyPast.SEEN)


def test_what_is_unreadable_has_its_own_code(pki: Pki) -> None:
    """REFUSED. Each mistake is told apart: the remedy differs."""
    pem = bundles.pem(pki.csr(), "CERTIFICATE REQUEST").encode()
    cases = {
        b"": Code.CSR_MISSING,
        b"x" * 70_000: Code.CSR_TOO_LARGE,
        b"-----BEGIN PRIVATE KEY-----": Code.CSR_IS_PRIVATE_KEY,
        pki.leaf().der: Code.CSR_IS_CERTIFICATE,
        pem * 2: Code.CSR_SEVERAL,
        pem[:-40]: Code.CSR_UNREADABLE,
    }
    for data, code in cases.items():
        with assert_refused(code):
            csr_policy.read(data)
    assert set(cases.values()) == set(csr_policy.UNREADABLE.values())


def test_an_unknown_digest_is_no_digest(pki: Pki) -> None:
    """REFUSED. A signature whose algorithm nobody knows proves nothing."""
    found = replace(csr_policy.read(pki.csr()), signature_hash=None, signature_valid=False)
    with assert_refused(Code.CSR_SIGNATURE_ALGORITHM, algorithm="?"):
        csr_policy.admit(found, PROFILE, past=csr_policy.KeyPast.UNSEEN)

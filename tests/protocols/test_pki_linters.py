"""What is published, as pkilint reads it: no finding of WARNING or above (RFC 5280, RFC 6960).

The containers are those of its command lines `lint_crl lint -p PKIX -t CRL` and
`lint_ocsp_response lint`, without the seconds that each takes to start.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from guichet.x509 import lints
from kit import pki
from protocols.evidence import ISSUER, ROOT, Evidence, fetched, loaded, question, run

LISTS = [f"{code}{kind}.crl" for code in (ISSUER, ROOT) for kind in ("", "-delta")]
NONCE = b"sixteen or more!"


def asked(evidence: Evidence, status: str, nonce: bytes = b"") -> bytes:
    leaf = loaded(getattr(evidence, status).certificate)
    return question(leaf, loaded(evidence.issuer), nonce)


@pytest.mark.parametrize("name", LISTS)
def test_lists(evidence: Evidence, name: str) -> None:
    """Clean."""
    assert lints.lint_crl(evidence.crl(name)) == ()


@pytest.mark.parametrize("nonce", [b"", NONCE])
@pytest.mark.parametrize("status", ["good", "revoked", "unknown"])
def test_answers(evidence: Evidence, status: str, nonce: bytes) -> None:
    """Clean, and so is the certificate of who signed."""
    leaf = loaded(getattr(evidence, status).certificate)
    asked = question(leaf, loaded(evidence.issuer), nonce)
    der = fetched(f"{evidence.pki_url}/ocsp", asked)
    answer = ocsp.load_der_ocsp_response(der)
    assert answer.certificate_status.name == status.upper()
    assert lints.lint_ocsp(der) == ()
    (delegate,) = answer.certificates
    assert lints.lint_certificate(delegate.public_bytes(Encoding.DER)) == ()


def test_an_answer_about_several(evidence: Evidence, tmp_path: Path) -> None:
    """Clean."""
    products = (evidence.good, evidence.revoked, evidence.unknown)
    asked = [part for product in products for part in ("-cert", product.certificate)]
    request = tmp_path / "request.der"
    run("openssl", "ocsp", "-issuer", evidence.issuer, *asked, "-reqout", request)
    der = fetched(f"{evidence.pki_url}/ocsp", request.read_bytes())
    told = [one.certificate_status.name for one in ocsp.load_der_ocsp_response(der).responses]
    assert told == ["GOOD", "REVOKED", "UNKNOWN"]
    assert lints.lint_ocsp(der) == ()


def test_it_finds_fault_with_others(evidence: Evidence) -> None:
    """A list without a number, an answer that ended before it began."""
    issuer, key = loaded(evidence.issuer), pki.kept_key("linted", "p-256")
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.subject)
    bare = builder.last_update(pki.NOW).next_update(pki.NOW + timedelta(days=1))
    der = bare.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    assert "pkix.crl_number_missing" in {found.code for found in lints.lint_crl(der)}
    asked = question(loaded(evidence.good.certificate), issuer)
    told = fetched(f"{evidence.pki_url}/ocsp", asked)
    ends = ocsp.load_der_ocsp_response(told).next_update_utc
    assert ends is not None
    over = told.replace(f"{ends:%Y%m%d%H%M%SZ}".encode(), b"20200101000000Z")
    found = {finding.code for finding in lints.lint_ocsp(over)}
    assert found == {"pkix.ocsp_negative_validity_period"}

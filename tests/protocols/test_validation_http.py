"""Answers and lists as curl and caches see them: types, freshness, validators (RFC 5019, 9110)."""

import base64
import re
import subprocess
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID as Access

from protocols.evidence import ISSUER, Evidence, loaded, question
from protocols.products import Product

LIST_TYPE = "application/pkix-crl"
CERTIFICATE_TYPE = "application/pkix-cert"
ANSWER_TYPE = "application/ocsp-response"
REQUEST_TYPE = "application/ocsp-request"
KNOWN = ("{}", "W/{}", '"another", {}', "*")


@dataclass(frozen=True)
class Told:
    """One answer, as curl received it."""

    status: int
    headers: dict[str, str]
    body: bytes

    def instant(self, name: str) -> datetime:
        """The date that a header tells."""
        return parsedate_to_datetime(self.headers[name])


def curl(url: str, *options: str | Path) -> Told:
    """Ask by curl; header names in lower case."""
    done = subprocess.run(
        ["curl", "-sS", "--path-as-is", "-D", "/dev/stderr", *options, url],
        capture_output=True,
        check=True,
        timeout=30,
    )
    first, *lines = done.stderr.decode().strip().splitlines()
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    return Told(int(first.split()[1]), headers, done.stdout)


def asked(evidence: Evidence, product: Product, nonce: bytes = b"") -> bytes:
    return question(loaded(product.certificate), loaded(evidence.issuer), nonce)


def by_get(evidence: Evidence, asked: bytes) -> str:
    """The address of an answer (RFC 6960 A.1)."""
    return f"{evidence.pki_url}/ocsp/{quote(base64.b64encode(asked).decode(), safe='')}"


def by_post(url: str, asked: bytes, folder: Path) -> Told:
    """The answer to a request in the body."""
    (folder / "request.der").write_bytes(asked)
    body = ("--data-binary", f"@{folder / 'request.der'}")
    return curl(url, "-H", f"Content-Type: {REQUEST_TYPE}", *body)


@pytest.fixture(params=["list", "delta", "certificate", "answer"])
def kept(request: pytest.FixtureRequest, evidence: Evidence) -> tuple[str, str]:
    """An address that caches keep, and the type of what is there."""
    found = {
        "list": (f"{evidence.pki_url}/crl/{ISSUER}.crl", LIST_TYPE),
        "delta": (f"{evidence.pki_url}/crl/{ISSUER}-delta.crl", LIST_TYPE),
        "certificate": (f"{evidence.pki_url}/ac/{ISSUER}.cer", CERTIFICATE_TYPE),
        "answer": (by_get(evidence, asked(evidence, evidence.good)), ANSWER_TYPE),
    }
    return found[request.param]


def test_how_long_it_may_be_kept(kept: tuple[str, str]) -> None:
    """RFC 5019 6.2: until an instant told twice, and not before it was made."""
    url, media_type = kept
    told = curl(url)
    assert (told.status, told.headers["content-type"]) == (200, media_type)
    assert int(told.headers["content-length"]) == len(told.body) > 0
    assert re.fullmatch(r'"[^"]+"', told.headers["etag"])
    now = told.instant("date")
    assert told.instant("last-modified") <= now < told.instant("expires")
    policy = dict(part.partition("=")[::2] for part in told.headers["cache-control"].split(", "))
    seconds = (told.instant("expires") - now).total_seconds()
    assert abs(int(policy["max-age"]) - seconds) <= 1
    assert {"public", "no-transform", "must-revalidate"} <= set(policy)
    head = curl(url, "--head")
    same = ("content-type", "etag", "last-modified")
    assert head.status == 200
    assert {name: head.headers[name] for name in same} == {n: told.headers[n] for n in same}


def test_nothing_is_sent_twice(kept: tuple[str, str]) -> None:
    """RFC 9110 13.1.2: 304 to who has it already, in every form of the field."""
    url, _ = kept
    tag = curl(url, "--head").headers["etag"]
    for form in KNOWN:
        for method in ((), ("--head",)):
            again = curl(url, "-H", f"If-None-Match: {form.format(tag)}", *method)
            assert again.status == 304, form
            assert again.headers["etag"] == tag
            assert "max-age" in again.headers["cache-control"]
    assert curl(url, "-H", 'If-None-Match: "another"').status == 200


def test_get_and_post_say_the_same(evidence: Evidence, tmp_path: Path) -> None:
    """One answer, kept; who sends a nonce gets one of their own, which no cache may keep."""
    bare, url = asked(evidence, evidence.revoked), f"{evidence.pki_url}/ocsp"
    posted, got = by_post(url, bare, tmp_path), curl(by_get(evidence, bare))
    assert posted.body == got.body
    assert posted.headers["etag"] == got.headers["etag"]
    answer = ocsp.load_der_ocsp_response(posted.body)
    assert answer.next_update_utc is not None
    assert answer.this_update_utc <= posted.instant("date") < answer.next_update_utc
    assert posted.instant("expires") <= answer.next_update_utc
    alone = by_post(url, asked(evidence, evidence.revoked, b"of one client"), tmp_path)
    assert alone.headers["cache-control"] == "no-store"
    assert "etag" not in alone.headers


@pytest.mark.parametrize(
    ("path", "method", "status", "allowed"),
    [
        ("/crl/ACI-EL-ORG-TEST.crl", "POST", 405, "GET, HEAD"),
        ("/ocsp", "PUT", 405, "GET, HEAD, POST"),
        ("/crl/nobody.crl", "GET", 404, ""),
        ("/crl/../responder/ACI-EL-ORG-TEST.pem", "GET", 404, ""),
        ("/ac/%2e%2e/%2e%2e/secrets/keystore", "GET", 404, ""),
        ("/", "GET", 404, ""),
    ],
)
def test_what_is_not_there(
    evidence: Evidence, path: str, method: str, status: int, allowed: str
) -> None:
    """Nothing but what is published; a refusal is not kept."""
    told = curl(evidence.pki_url + path, "-X", method)
    assert told.status == status
    assert told.headers.get("allow", "") == allowed
    assert told.headers["cache-control"] == "no-store"


def test_the_addresses_inside_certificates_answer(evidence: Evidence, tmp_path: Path) -> None:
    """Answers, the issuer's certificate, lists full and delta: each where the certificate says."""
    issuer, root = loaded(evidence.issuer), loaded(evidence.root)
    for subject, above in ((loaded(evidence.good.certificate), issuer), (issuer, root)):
        told = of_type(CERTIFICATE_TYPE, curl(access(subject, Access.CA_ISSUERS)))
        assert x509.load_der_x509_certificate(told) == above
        answered = by_post(access(subject, Access.OCSP), question(subject, above), tmp_path)
        answer = ocsp.load_der_ocsp_response(of_type(ANSWER_TYPE, answered))
        assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
        for address in points(subject):
            found = x509.load_der_x509_crl(of_type(LIST_TYPE, curl(address)))
            assert found.is_signature_valid(above.public_key())  # type: ignore[arg-type]
            assert found.get_revoked_certificate_by_serial_number(subject.serial_number) is None


def of_type(media_type: str, told: Told) -> bytes:
    assert (told.status, told.headers["content-type"]) == (200, media_type)
    return told.body


def access(subject: x509.Certificate, method: x509.ObjectIdentifier) -> str:
    told = subject.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    (found,) = (d.access_location.value for d in told if d.access_method == method)
    return str(found)


def points(subject: x509.Certificate) -> list[str]:
    """Where its lists are: the full ones, and the deltas of who has any."""
    kinds = (x509.CRLDistributionPoints, x509.FreshestCRL)
    told = [e.value for e in subject.extensions if isinstance(e.value, kinds)]
    found = [str(name.value) for value in told for point in value for name in point.full_name or ()]
    assert found
    return found

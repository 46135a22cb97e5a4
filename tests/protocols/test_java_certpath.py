"""Java's own path validation, by answers alone and by lists alone, asked where certificates say."""

from urllib.parse import urlsplit

import pytest

from kit.java import Judge
from protocols.evidence import Evidence


def verdicts(judge: Judge, evidence: Evidence, means: str, *options: str) -> list[str]:
    """On the good certificate, the revoked one and the one that nobody recorded."""
    products = (evidence.good, evidence.revoked, evidence.unknown)
    certificates = [product.certificate for product in products]
    return judge.verdicts(means, evidence.root, evidence.issuer, *certificates, options=options)


def test_by_answers(judge: Judge, evidence: Evidence) -> None:
    """ACCEPTED, REVOKED with its reason; unknown is no acceptance."""
    good, revoked, unknown = verdicts(judge, evidence, "ocsp")
    assert good == "good"
    assert revoked == "revoked SUPERSEDED"
    assert unknown == "UNDETERMINED_REVOCATION_STATUS Certificate's revocation status is unknown"


def test_by_lists(judge: Judge, evidence: Evidence) -> None:
    """A list tells who is revoked, and knows nothing of who was never issued."""
    assert verdicts(judge, evidence, "crl") == ["good", "revoked SUPERSEDED", "good"]


@pytest.mark.parametrize(
    ("means", "refusal"),
    [
        ("ocsp", "UNSPECIFIED Error verifying OCSP Response's signature"),
        ("crl", "UNDETERMINED_REVOCATION_STATUS Could not determine revocation status"),
    ],
)
def test_broken_signatures(
    judge: Judge, evidence: Evidence, liar: str, means: str, refusal: str
) -> None:
    """REFUSED, all of them: what does not verify was not said."""
    proxy = ("-Dhttp.proxyHost=127.0.0.1", f"-Dhttp.proxyPort={urlsplit(liar).port}")
    options = (*proxy, "-Dhttp.nonProxyHosts=")
    assert verdicts(judge, evidence, means, *options) == [refusal] * 3

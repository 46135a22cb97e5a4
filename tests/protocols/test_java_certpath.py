"""Java's own path validation, by answers alone and by lists alone, asked where certificates say."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from protocols.evidence import Evidence

SOURCE = Path(__file__).resolve().parents[1] / "kit" / "CertPathJudge.java"
LISTS_WHERE_CERTIFICATES_SAY = "-Dcom.sun.security.enableCRLDP=true"
QUICK_START = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto")
# What a machine's own options say of proxies is not the test's.
ENVIRONMENT = {name: value for name, value in os.environ.items() if "JAVA" not in name}
Judge = Callable[..., list[str]]


@pytest.fixture(scope="module")
def judge(evidence: Evidence, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Verdicts on the good certificate, the revoked one and the one that nobody recorded."""
    folder = tmp_path_factory.mktemp("java")
    subprocess.run(["javac", *(f"-J{o}" for o in QUICK_START), "-d", folder, SOURCE], check=True)
    products = (evidence.good, evidence.revoked, evidence.unknown)
    paths = (evidence.root, evidence.issuer, *(product.certificate for product in products))

    def run(means: str, *options: str) -> list[str]:
        command = ["java", *QUICK_START, LISTS_WHERE_CERTIFICATES_SAY, *options, "-cp", folder]
        done = subprocess.run(
            [*command, "CertPathJudge", means, *paths],
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run


def test_by_answers(judge: Judge) -> None:
    """ACCEPTED, REVOKED with its reason; unknown is no acceptance."""
    good, revoked, unknown = judge("ocsp")
    assert good == "good"
    assert revoked == "revoked SUPERSEDED"
    assert unknown == "UNDETERMINED_REVOCATION_STATUS Certificate's revocation status is unknown"


def test_by_lists(judge: Judge) -> None:
    """A list tells who is revoked, and knows nothing of who was never issued."""
    assert judge("crl") == ["good", "revoked SUPERSEDED", "good"]


@pytest.mark.parametrize(
    ("means", "refusal"),
    [
        ("ocsp", "UNSPECIFIED Error verifying OCSP Response's signature"),
        ("crl", "UNDETERMINED_REVOCATION_STATUS Could not determine revocation status"),
    ],
)
def test_broken_signatures(judge: Judge, liar: str, means: str, refusal: str) -> None:
    """REFUSED, all of them: what does not verify was not said."""
    proxy = ("-Dhttp.proxyHost=127.0.0.1", f"-Dhttp.proxyPort={urlsplit(liar).port}")
    assert judge(means, *proxy, "-Dhttp.nonProxyHosts=") == [refusal] * 3

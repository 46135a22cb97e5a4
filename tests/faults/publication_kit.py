"""Real processes of a publication, and the responder of a copy as relying parties see it."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from faults.sites import Site
from guichet.x509 import crl

GUICHET = str(Path(sys.executable).with_name("guichet"))
CODE = "ACI-EL-ORG-TEST"
PATIENCE_S = 180


def wait(what: str, is_so: Callable[[], bool]) -> None:
    """Until it is so; fails when that takes far too long."""
    give_up = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < give_up, what
        time.sleep(0.05)


@dataclass
class Running:
    """A process and what it says."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def has(self, words: str) -> bool:
        """Whether it has said so."""
        return words in self.log.read_text()

    def says(self, words: str) -> None:
        wait(f"{words!r} in {self.log.read_text()}", lambda: self.has(words))


@contextmanager
def running(verb: str, log: Path, **environment: str) -> Iterator[Running]:
    """One of our processes, ended as an operator would."""
    with (
        log.open("wb") as stream,
        subprocess.Popen(
            [GUICHET, verb], env=os.environ | environment, stdout=stream, stderr=stream
        ) as process,
    ):
        try:
            yield Running(process, log)
        finally:
            process.terminate()


@dataclass(frozen=True)
class Responder:
    """The responder of the copy, asked by HTTP about the certificates of the site."""

    url: str
    site: Site

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False

    def revoked(self) -> int:
        """How many of the certificates are told revoked; each must be told something."""
        folder = self.site.state / "asked"
        issuer = x509.load_der_x509_certificate(self._get(f"/ac/{CODE}.cer"))
        return sum(self._is_revoked(path.read_bytes(), issuer) for path in folder.iterdir())

    def listed(self) -> int:
        return len(crl.read(self._get(f"/crl/{CODE}.crl")).entries)

    def _is_revoked(self, der: bytes, issuer: x509.Certificate) -> bool:
        builder = ocsp.OCSPRequestBuilder().add_certificate(
            x509.load_der_x509_certificate(der), issuer, hashes.SHA256()
        )
        body = builder.build().public_bytes(Encoding.DER)
        found = ocsp.load_der_ocsp_response(self._get("/ocsp", body))
        return found.certificate_status is ocsp.OCSPCertStatus.REVOKED

    def _get(self, path: str, body: bytes | None = None) -> bytes:
        with urllib.request.urlopen(f"{self.url}{path}", body, timeout=5) as answer:  # noqa: S310
            return bytes(answer.read())

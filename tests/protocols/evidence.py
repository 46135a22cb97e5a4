"""What a relying party is shown: certificates good, revoked and never recorded, and their lists."""

import subprocess
import time
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from guichet.keystore import open_keystore
from guichet.x509 import bundles
from kit.stack import Stack
from protocols.products import Product

ISSUER, ROOT = "ACI-EL-ORG-TEST", "ACR-EL-TEST"
TOLD_WITHIN_S = 30
UNRECORDED = 0x1D5DE25E3DC14BDE2AFFEA0D46B71A45


@dataclass(frozen=True)
class Evidence:
    """One certificate of each status, and the authorities above them, in files."""

    good: Product
    revoked: Product
    unknown: Product
    folder: Path
    pki_url: str
    issuer: Path
    root: Path

    def crl(self, name: str) -> bytes:
        """The list published under this name, DER."""
        return fetched(f"{self.pki_url}/crl/{name}")


def pem_file(path: Path, lists: Iterable[bytes]) -> Path:
    """Lists in one file, PEM, as most programs want them."""
    path.write_text("".join(bundles.pem(der, "X509 CRL") for der in lists))
    return path


def loaded(path: Path) -> x509.Certificate:
    """The first certificate of a PEM file."""
    return x509.load_pem_x509_certificate(path.read_bytes())


def question(leaf: x509.Certificate, issuer: x509.Certificate, nonce: bytes = b"") -> bytes:
    """A request for the status of a certificate: by SHA-1, as RFC 5019 2.1.1 has it."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, hashes.SHA1())  # noqa: S303
    if nonce:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def fetched(url: str, body: bytes | None = None) -> bytes:
    """The body of an answer; POST when there is a body to send."""
    with urllib.request.urlopen(url, body, timeout=10) as answer:  # noqa: S310 loopback
        found: bytes = answer.read()
    return found


def collect(stack: Stack, folder: Path, good: Product, revoked: Product) -> Evidence:
    """Gather it in a folder that programs under other users may read."""
    folder.chmod(0o755)
    issuer, root = folder / "issuer.pem", folder / "root.pem"
    first, last = x509.load_pem_x509_certificates(good.chain.read_bytes())
    issuer.write_bytes(first.public_bytes(Encoding.PEM))
    root.write_bytes(last.public_bytes(Encoding.PEM))
    unknown = unrecorded(stack, folder, good)
    found = Evidence(good, revoked, unknown, folder, stack.pki_url, issuer, root)
    wait_for_the_revocation(found)
    return found


def wait_for_the_revocation(found: Evidence) -> None:
    """Until the answer and the list both tell it."""
    leaf = loaded(found.revoked.certificate)
    body = question(leaf, loaded(found.issuer))
    deadline = time.monotonic() + TOLD_WITHIN_S
    while True:
        answer = ocsp.load_der_ocsp_response(fetched(f"{found.pki_url}/ocsp", body))
        listed = x509.load_der_x509_crl(found.crl(f"{ISSUER}.crl"))
        is_listed = listed.get_revoked_certificate_by_serial_number(leaf.serial_number)
        if is_listed and answer.certificate_status is ocsp.OCSPCertStatus.REVOKED:
            return
        assert time.monotonic() < deadline
        time.sleep(0.2)


def unrecorded(stack: Stack, folder: Path, like: Product) -> Product:
    """A certificate that the authority's key signed behind the back of the authority."""
    passphrase = (stack.state / "secrets" / "keystore").read_bytes().strip()
    key = open_keystore(f"file:{stack.state / 'keystore'}", passphrase).signing_key(ISSUER)
    model = loaded(like.certificate)
    builder = (
        x509.CertificateBuilder()
        .subject_name(model.subject)
        .issuer_name(model.issuer)
        .public_key(model.public_key())
        .serial_number(UNRECORDED)
        .not_valid_before(model.not_valid_before_utc)
        .not_valid_after(model.not_valid_after_utc)
    )
    for extension in model.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    path = folder / "unknown.pem"
    path.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return replace(like, certificate=path)


def run(*command: str | Path, stdin: bytes | None = None) -> str:
    """Both outputs of a program, as text: what it says counts, for some exit 0 on a refusal."""
    done = subprocess.run(
        command,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=30,
    )
    return done.stdout.decode(errors="replace")

"""A published folder and responder keys as the clerk leaves them, without any database."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp

from apps.validation.writer import Writer
from guichet.validation.answers import Validation
from guichet.validation.files import replace
from guichet.validation.http import Answer
from guichet.validation.records import Published
from guichet.x509 import bundles, certificate
from guichet.x509.ocsp import Good, Revoked
from kit.pki import NOW, Leaf, Pki, kept_key

CODE = "ACI-EL-ORG-TEST"
SECOND = timedelta(seconds=1)


@dataclass
class Service:
    """The responder's inside over a folder that a test fills."""

    folder: Path
    pki: Pki
    writer: Writer
    validation: Validation = field(init=False)

    def __post_init__(self) -> None:
        self.validation = Validation(self.published, self.keys)

    @property
    def published(self) -> Path:
        return self.folder / "published"

    @property
    def keys(self) -> Path:
        return self.folder / "responder"

    def publish_authority(self, code: str = CODE) -> None:
        """Its certificate."""
        replace(self.published / "ac" / f"{code}.cer", self.pki.authority(code).der)

    def install_key(self, code: str = CODE, name: str = "first", *, at: datetime = NOW) -> Leaf:
        """A delegated key and its certificate in one file."""
        key = kept_key(f"responder {name}", "p-256")
        leaf = self.pki.leaf("OCSP", key=key, authority=code, at=at)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        replace(self.keys / f"{code}.pem", pem + bundles.pem(leaf.der).encode())
        return leaf

    def store(self, leaf: Leaf, status: Good | Revoked, signed_at: datetime | None = None) -> None:
        """The record of a certificate, as the publisher writes it; signed where told when."""
        found = Published(leaf.authority.code, leaf.serial, status)
        self.writer.put(self.published, found, signed_at)

    def tell(self, leaf: Leaf, status: Good | Revoked, signed_at: datetime | None = NOW) -> None:
        """Store it, and have the responder look."""
        self.store(leaf, status, signed_at)
        self.validation.refresh()

    def post(self, body: bytes, at: datetime = NOW) -> Answer:
        return self.validation.answer("POST", "/ocsp", body, at)

    def get(self, path: str, at: datetime = NOW) -> Answer:
        return self.validation.answer("GET", path, b"", at)


def request_for(
    leaf: Leaf,
    *,
    issuer: bytes | None = None,
    algorithm: hashes.HashAlgorithm | None = None,
    nonce: bytes | None = None,
) -> bytes:
    """A request as clients send it, by SHA-256 unless told otherwise."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        certificate.load(leaf.der),
        certificate.load(issuer or leaf.authority.der),
        algorithm or hashes.SHA256(),
    )
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def said(answer: Answer) -> ocsp.OCSPResponse:
    """The answer, decoded; every OCSP answer is a 200 of this type, failures too."""
    assert (answer.status, answer.content_type) == (200, "application/ocsp-response")
    return ocsp.load_der_ocsp_response(answer.body)


def status_of(answer: Answer) -> str:
    """ "GOOD", "REVOKED", "UNKNOWN", or the name of a failure."""
    response = said(answer)
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return response.response_status.name
    return response.certificate_status.name

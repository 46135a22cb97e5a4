"""OCSP bytes <-> values (RFC 6960, nonce of RFC 9654). What to answer is decided elsewhere."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from guichet.x509 import certificate, der
from guichet.x509.crl import LIBRARY_REASONS, Reason
from guichet.x509.errors import LIBRARY_REFUSALS, Unreadable

MAX_REQUEST: Final = 16_384
SHA1: Final = "sha1"
SHA256: Final = "sha256"
_ALGORITHMS: Final[dict[str, hashes.HashAlgorithm]] = {
    SHA1: hashes.SHA1(),  # noqa: S303 an identifier of the issuer, not a signature
    SHA256: hashes.SHA256(),
}


@dataclass(frozen=True, slots=True)
class CertId:
    """Which certificate is asked about (RFC 6960 §4.1.1)."""

    algorithm: str
    issuer_name_hash: bytes
    issuer_key_hash: bytes
    serial: int


@dataclass(frozen=True, slots=True)
class Request:
    """A request read: one certificate and the nonce to echo, if any."""

    certificate: CertId
    nonce: bytes | None


@dataclass(frozen=True, slots=True)
class Good:
    """Issued by the authority and not revoked."""


@dataclass(frozen=True, slots=True)
class Revoked:
    """Revoked at an instant, for a reason."""

    at: datetime
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not a serial number that the authority has issued."""


Status = Good | Revoked | Unknown


@dataclass(frozen=True, slots=True)
class Issuer:
    """An authority as CertIDs name it, under each hash algorithm accepted."""

    certificate: bytes
    name_hashes: tuple[tuple[str, bytes], ...]
    key_hashes: tuple[tuple[str, bytes], ...]

    def is_named_by(self, asked: CertId) -> bool:
        """Whether the CertID is about this authority."""
        return (asked.algorithm, asked.issuer_name_hash) in self.name_hashes and (
            asked.algorithm,
            asked.issuer_key_hash,
        ) in self.key_hashes


def issuer(certificate_der: bytes) -> Issuer:
    """Hashes of an authority's name and key bits as encoded (RFC 6960 4.1.1). Raises Unreadable."""
    name = certificate.subject_der(certificate_der)
    key = der.single(certificate.spki_der(certificate_der)).children()[1].contents[1:]
    return Issuer(
        certificate_der,
        tuple((a, hashlib.new(a, name).digest()) for a in _ALGORITHMS),
        tuple((a, hashlib.new(a, key).digest()) for a in _ALGORITHMS),
    )


def read_request(request_der: bytes) -> Request:
    """Read a DER request of one certificate. Raises Unreadable."""
    if not request_der or len(request_der) > MAX_REQUEST:
        raise Unreadable("size")
    try:
        request = ocsp.load_der_ocsp_request(request_der)
        algorithm = request.hash_algorithm.name
        asked = CertId(
            algorithm, request.issuer_name_hash, request.issuer_key_hash, request.serial_number
        )
        extensions = request.extensions
    except LIBRARY_REFUSALS as error:
        raise Unreadable("not-a-request") from error
    nonces = [e.value.nonce for e in extensions if isinstance(e.value, x509.OCSPNonce)]
    if nonces and not 1 <= len(nonces[0]) <= 128:
        raise Unreadable("nonce")
    return Request(asked, nonces[0] if nonces else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Responder:
    """A delegated responder of one authority: its key, its certificate (RFC 6960 §4.2.2.2)."""

    certificate: bytes
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """thisUpdate and nextUpdate of an answer."""

    this_update: datetime
    next_update: datetime


def answer(responder: Responder, request: Request, status: Status, validity: Validity) -> bytes:
    """A signed BasicOCSPResponse for the certificate asked, its nonce echoed."""
    asked = request.certificate
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        asked.issuer_name_hash,
        asked.issuer_key_hash,
        asked.serial,
        _ALGORITHMS[asked.algorithm],
        _library_status(status),
        validity.this_update,
        validity.next_update,
        status.at if isinstance(status, Revoked) else None,
        LIBRARY_REASONS[status.reason] if isinstance(status, Revoked) and status.reason else None,
    )
    own = certificate.load(responder.certificate)
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, own).certificates([own])
    if request.nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(request.nonce), critical=False)
    return builder.sign(responder.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _library_status(status: Status) -> ocsp.OCSPCertStatus:
    if isinstance(status, Good):
        return ocsp.OCSPCertStatus.GOOD
    if isinstance(status, Revoked):
        return ocsp.OCSPCertStatus.REVOKED
    return ocsp.OCSPCertStatus.UNKNOWN


def _failure(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)


MALFORMED: Final = _failure(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
UNAUTHORIZED: Final = _failure(ocsp.OCSPResponseStatus.UNAUTHORIZED)
INTERNAL_ERROR: Final = _failure(ocsp.OCSPResponseStatus.INTERNAL_ERROR)
TRY_LATER: Final = _failure(ocsp.OCSPResponseStatus.TRY_LATER)


def issuers(ders: Sequence[bytes]) -> tuple[Issuer, ...]:
    """Authorities, in the order given."""
    return tuple(map(issuer, ders))

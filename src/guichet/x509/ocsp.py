"""OCSP requests read, as values (RFC 6960 4.1, nonce of RFC 9654). Answers: ocsp_answer."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from guichet.x509 import certificate, der
from guichet.x509.crl import Reason
from guichet.x509.errors import LIBRARY_REFUSALS, Unreadable

MAX_REQUEST: Final = 16_384
MOST_CERTIFICATES: Final = 16
"""How many certificates one request may ask about."""
SHA1: Final = "sha1"
SHA256: Final = "sha256"
SERIAL_BITS: Final = 160
"""No certificate has a longer serial number (RFC 5280 4.1.2.2)."""
ALGORITHMS: Final = (SHA1, SHA256)
"""Hashes that identify an issuer in a CertID: identifiers, not signatures."""
REQUEST_EXTENSIONS: Final = der.context(2)
UNDERSTOOD: Final = (x509.OCSPNonce, x509.OCSPAcceptableResponses)
"""Extensions of a request that may be critical; another that is ends it (RFC 6960 4.4)."""


@dataclass(frozen=True, slots=True)
class CertId:
    """Which certificate is asked about (RFC 6960 §4.1.1)."""

    algorithm: str
    issuer_name_hash: bytes
    issuer_key_hash: bytes
    serial: int


@dataclass(frozen=True, slots=True)
class Request:
    """A request read: the certificates asked about, in order, and the nonce to echo, if any."""

    certificates: tuple[CertId, ...]
    nonce: bytes | None = None


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


def issuer(certificate_der: bytes) -> Issuer:
    """Hashes of an authority's name and key bits as encoded (RFC 6960 4.1.1). Raises Unreadable."""
    name = certificate.subject_der(certificate_der)
    key = der.single(certificate.spki_der(certificate_der)).children()[1].contents[1:]
    return Issuer(
        certificate_der,
        tuple((a, hashlib.new(a, name).digest()) for a in ALGORITHMS),
        tuple((a, hashlib.new(a, key).digest()) for a in ALGORITHMS),
    )


def issuers(ders: Sequence[bytes]) -> tuple[Issuer, ...]:
    """Authorities, in the order given."""
    return tuple(map(issuer, ders))


def read_request(request_der: bytes) -> Request:
    """Read a DER request of 1 to MOST_CERTIFICATES certificates. Raises Unreadable."""
    if not request_der or len(request_der) > MAX_REQUEST:
        raise Unreadable("size")
    try:
        return _of_one(request_der)
    except NotImplementedError:  # the library reads requests of one certificate only
        return _of_several(request_der)
    except LIBRARY_REFUSALS as error:
        raise Unreadable("not-a-request") from error


def _of_one(request_der: bytes) -> Request:
    request = ocsp.load_der_ocsp_request(request_der)
    asked = CertId(
        request.hash_algorithm.name,
        request.issuer_name_hash,
        request.issuer_key_hash,
        request.serial_number,
    )
    if asked.serial.bit_length() > SERIAL_BITS:
        raise Unreadable("serial")
    critical = any(e.critical and not isinstance(e.value, UNDERSTOOD) for e in request.extensions)
    if critical or _is_critical_of_its_own(request_der):
        raise Unreadable("extension")
    nonces = [e.value.nonce for e in request.extensions if isinstance(e.value, x509.OCSPNonce)]
    if nonces and not 1 <= len(nonces[0]) <= 128:
        raise Unreadable("nonce")
    return Request((asked,), nonces[0] if nonces else None)


def _is_critical_of_its_own(request_der: bytes) -> bool:
    """Whether the request of the one certificate has a critical extension: none is understood.

    The library shows none of these (singleRequestExtensions).
    """
    fields = der.child(request_der, 0).children()
    listed = next(field for field in fields if field.tag == der.SEQUENCE)
    _id, *tagged = listed.children()[0].children()
    return any(
        extension.children()[1].encoding == der.TRUE
        for one in tagged
        for extension in one.children()[0].children()
    )


def _of_several(request_der: bytes) -> Request:
    """Each certificate's request read alone by the library, with the extensions of all."""
    try:
        read = [_of_one(part) for part in _parts(request_der)]
    except LIBRARY_REFUSALS as error:
        raise Unreadable("not-a-request") from error
    return Request(tuple(one.certificates[0] for one in read), read[0].nonce)


def _parts(request_der: bytes) -> Iterator[bytes]:
    to_be_read = der.single(request_der).children()
    fields = to_be_read[0].children() if to_be_read else ()
    lists = [field for field in fields if field.tag == der.SEQUENCE]
    extensions = [field.encoding for field in fields if field.tag == REQUEST_EXTENSIONS]
    if len(lists) != 1 or not 1 < len(asked := lists[0].children()) <= MOST_CERTIFICATES:
        raise Unreadable("not-a-request")
    for one in asked:
        yield der.sequence(der.sequence(der.sequence(one.encoding), *extensions))


def _failure(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)


MALFORMED: Final = _failure(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
UNAUTHORIZED: Final = _failure(ocsp.OCSPResponseStatus.UNAUTHORIZED)
INTERNAL_ERROR: Final = _failure(ocsp.OCSPResponseStatus.INTERNAL_ERROR)
TRY_LATER: Final = _failure(ocsp.OCSPResponseStatus.TRY_LATER)

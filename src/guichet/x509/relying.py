"""What a careful relying party checks of a list or an OCSP answer before it believes it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from guichet.x509 import certificate, crl, crl_headings, der, signatures
from guichet.x509 import ocsp as answers
from guichet.x509.errors import LIBRARY_REFUSALS, Unreadable

TIMES: Final = (b"\x17\x0d", b"\x18\x0f")
"""How UTCTime and GeneralizedTime begin, to the second (RFC 5280 4.1.2.5)."""
UNREADABLE: Final = "unreadable"
FORGED: Final = "forged"
FOREIGN: Final = "foreign"
REFUSED: Final = "refused"
NUMBER_AT_MOST: Final = 2**63 - 1
"""RFC 5280 5.2.3 allows 20 octets; ours are milliseconds since 1970."""


class ReceivedList:
    """A list, full or delta, of any scope, that its authority signed. Entries stay encoded."""

    def __init__(self, crl_der: bytes, issuer_der: bytes) -> None:
        """Raises Unreadable: "unreadable", or "forged" when this issuer did not sign it."""
        try:
            self.heading = crl_headings.read(crl_der)
        except Unreadable as error:
            raise Unreadable(UNREADABLE) from error
        if self.heading.number > NUMBER_AT_MOST:
            raise Unreadable(UNREADABLE)
        if not crl.is_signed_by(crl_der, issuer_der):
            raise Unreadable(FORGED)
        self._der = crl_der

    def holds(self, serial: int) -> bool:
        """Whether it tells of this certificate: its serial stands before a time (RFC 5280 5.1).

        Looked for among the octets: the library would keep other threads from running for as long
        as it walks through a million entries.
        """
        number = der.integer(serial)
        return any(number + time in self._der for time in TIMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedAnswer:
    """An OCSP answer believed: `status` is "good", "revoked" or "unknown".

    `delegate` is the period of the certificate that signed it; None when the authority did.
    """

    status: str
    this_update: datetime
    next_update: datetime
    delegate: tuple[datetime, datetime] | None


def ask(serial: int, issuer_der: bytes) -> bytes:
    """A request about one serial by SHA-1, as most clients send it (RFC 5019 2.1.1), DER."""
    name_hash, key_hash = _sha1_names(issuer_der)
    digest = hashes.SHA1()  # noqa: S303 an identifier of the issuer, not a signature
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(name_hash, key_hash, serial, digest)
    return builder.build().public_bytes(Encoding.DER)


def _sha1_names(issuer_der: bytes) -> tuple[bytes, bytes]:
    named = answers.issuer(issuer_der)
    return dict(named.name_hashes)[answers.SHA1], dict(named.key_hashes)[answers.SHA1]


def read_answer(answer_der: bytes, issuer_der: bytes, serial: int, at: datetime) -> ReceivedAnswer:
    """Believe an OCSP answer to `ask`, or raise Unreadable (RFC 6960 3.2).

    "refused": a failure such as tryLater; "foreign": it tells of another certificate; "forged":
    neither the authority nor a delegate of it, valid at `at`, signed it.
    """
    try:
        response = ocsp.load_der_ocsp_response(answer_der)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise Unreadable(REFUSED)
        told = (response.issuer_name_hash, response.issuer_key_hash)
        if response.serial_number != serial or told != _sha1_names(issuer_der):
            raise Unreadable(FOREIGN)
        signer = _signer(response, issuer_der, at)
        _verify(response, _algorithm(answer_der), signer or certificate.load(issuer_der))
        return ReceivedAnswer(
            status=response.certificate_status.name.lower(),
            this_update=response.this_update_utc,
            next_update=_present(response.next_update_utc),
            delegate=(signer.not_valid_before_utc, signer.not_valid_after_utc) if signer else None,
        )
    except LIBRARY_REFUSALS as error:
        raise Unreadable(UNREADABLE) from error


def _algorithm(answer_der: bytes) -> bytes:
    """The DER AlgorithmIdentifier of an answer's signature (RFC 6960 4.2.1, BasicOCSPResponse)."""
    try:
        _status, explicit = der.single(answer_der).children()
        _kind, octets = der.single(explicit.contents).children()
        return der.single(octets.contents).children()[1].encoding
    except Unreadable as error:
        raise Unreadable(UNREADABLE) from error


def _signer(
    response: ocsp.OCSPResponse, issuer_der: bytes, at: datetime
) -> x509.Certificate | None:
    """The delegate whose certificate the answer carries (RFC 6960 4.2.2.2); None: no delegate."""
    if not response.certificates:
        return None
    found = response.certificates[0]
    try:
        uses = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound as error:
        raise Unreadable(FORGED) from error
    is_valid = found.not_valid_before_utc <= at < found.not_valid_after_utc
    is_delegated = certificate.is_signed_by(found.public_bytes(Encoding.DER), issuer_der)
    if not (is_valid and is_delegated and ExtendedKeyUsageOID.OCSP_SIGNING in uses):
        raise Unreadable(FORGED)
    return found


def _verify(response: ocsp.OCSPResponse, algorithm: bytes, signer: x509.Certificate) -> None:
    scheme, key = signatures.identified(algorithm), signer.public_key()
    signed = response.signature, response.tbs_response_bytes
    if scheme is None or not scheme.verifies(key, *signed):
        raise Unreadable(FORGED)


def read_chain(bundle_der: bytes) -> frozenset[bytes]:
    """The certificates of a certs-only PKCS#7, DER. Raises Unreadable("unreadable")."""
    try:
        loaded = pkcs7.load_der_pkcs7_certificates(bundle_der)
    except LIBRARY_REFUSALS as error:
        raise Unreadable(UNREADABLE) from error
    return frozenset(found.public_bytes(Encoding.DER) for found in loaded)


def _present(at: datetime | None) -> datetime:
    if at is None:
        raise Unreadable(UNREADABLE)
    return at

"""OCSP answers as bytes (RFC 6960 4.2): what is signed, and the whole made of it.

Written by hand because the library writes answers about one certificate only, and signs them in
the same breath; here what is to be signed is made apart, so that signatures can be kept and the
answer be put together when it is asked for. openssl, GnuTLS, pkilint and cryptography read it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from guichet.x509 import certificate, der, keys, signatures
from guichet.x509.crl import REASON_CODES
from guichet.x509.ocsp import SHA1, SHA256, CertId, Good, Revoked, Status
from guichet.x509.signatures import BoundKey

BASIC_RESPONSE: Final = der.oid("1.3.6.1.5.5.7.48.1.1")
NONCE: Final = "1.3.6.1.5.5.7.48.1.2"
SUCCESSFUL: Final = der.integer(0, der.ENUMERATED)
HASHES: Final = {
    SHA1: der.sequence(der.oid("1.3.14.3.2.26"), der.tlv(der.NULL)),
    SHA256: der.sequence(der.oid("2.16.840.1.101.3.4.2.1"), der.tlv(der.NULL)),
}
GOOD: Final = der.tlv(der.context(0, constructed=False))
UNKNOWN: Final = der.tlv(der.context(2, constructed=False))


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs answers: a delegated responder's certificate (RFC 6960 §4.2.2.2), without its key.

    `key_hash` names it in answers; `algorithm` is the AlgorithmIdentifier of its signatures.
    """

    certificate: bytes
    key_hash: bytes
    algorithm: bytes

    @classmethod
    def of(cls, certificate_der: bytes) -> "Signature":
        """From the certificate, its key's usual scheme.

        Raises Unreadable, ValueError for a key that signs nothing.
        """
        spki = certificate.spki_der(certificate_der)
        scheme = signatures.named(signatures.usual_name(keys.facts_of_spki(spki).name))
        return cls(certificate_der, keys.key_identifier(spki), scheme.identifier)


@dataclass(frozen=True, slots=True, kw_only=True)
class Responder:
    """A delegated responder of one authority and its key. Raises ValueError: not its scheme."""

    signature: Signature
    key: BoundKey

    def __post_init__(self) -> None:
        if self.key.identifier != self.signature.algorithm:
            raise ValueError("the key signs by another scheme than answers say")


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """thisUpdate and nextUpdate of an answer, UTC, whole seconds."""

    this_update: datetime
    next_update: datetime


@dataclass(frozen=True, slots=True)
class Single:
    """What is said of one certificate (RFC 6960 4.2.1, SingleResponse)."""

    asked: CertId
    status: Status
    validity: Validity


def to_be_signed(
    signature: Signature, singles: Sequence[Single], produced_at: datetime, nonce: bytes | None
) -> bytes:
    """The ResponseData. Raises KeyError for a CertID under a hash that is not computed here."""
    extensions = b""
    if nonce is not None:
        extension = der.extension(NONCE, der.octets(nonce))
        extensions = der.tlv(der.context(1), der.sequence(extension))
    return der.sequence(
        der.tlv(der.context(2), der.octets(signature.key_hash)),
        der.generalized_time(produced_at),
        der.sequence(*map(_single, singles)),
        extensions,
    )


def whole(signature: Signature, data: bytes, signed: bytes) -> bytes:
    """The OCSPResponse, DER: ResponseData, its signature and the delegate's certificate."""
    basic = der.sequence(
        data,
        signature.algorithm,
        der.bits(signed),
        der.tlv(der.context(0), der.sequence(signature.certificate)),
    )
    answer = der.sequence(BASIC_RESPONSE, der.octets(basic))
    return der.sequence(SUCCESSFUL, der.tlv(der.context(0), answer))


def sign(
    responder: Responder, singles: Sequence[Single], produced_at: datetime, nonce: bytes | None
) -> bytes:
    """The signed OCSPResponse, DER, the nonce echoed."""
    data = to_be_signed(responder.signature, singles, produced_at, nonce)
    return whole(responder.signature, data, responder.key.sign(data))


def _single(single: Single) -> bytes:
    asked = single.asked
    return der.sequence(
        der.sequence(
            HASHES[asked.algorithm],
            der.octets(asked.issuer_name_hash),
            der.octets(asked.issuer_key_hash),
            der.signed_integer(asked.serial),
        ),
        _status(single.status),
        der.generalized_time(single.validity.this_update),
        der.tlv(der.context(0), der.generalized_time(single.validity.next_update)),
    )


def _status(status: Status) -> bytes:
    if isinstance(status, Good):
        return GOOD
    if not isinstance(status, Revoked):
        return UNKNOWN
    reason = b""
    if status.reason is not None:
        code = der.integer(REASON_CODES[status.reason], der.ENUMERATED)
        reason = der.tlv(der.context(0), code)
    return der.tlv(der.context(1), der.generalized_time(status.at), reason)

"""Chains from a presented certificate to an anchor we trust (RFC 5280 6).

What certificates are for (extendedKeyUsage) is decided by who asks; revocation, by `folder`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import verification

from guichet.x509 import certificate, keys
from guichet.x509.errors import LIBRARY_REFUSALS, Unreadable

Kind = Literal["untrusted", "expired", "not-yet-valid", "malformed"]
MIN_RSA_BITS: Final = 2048
MIN_EC_BITS: Final = 256
MAX_PRESENTED: Final = 10


class ChainError(Exception):
    """The chain is refused. "expired" and "not-yet-valid" are said of chains otherwise trusted."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Verified:
    """A trusted chain, DER: leaf, its issuer, and the whole from leaf to anchor."""

    leaf: bytes
    issuer: bytes
    chain: tuple[bytes, ...]


def verify(
    chain_der: Sequence[bytes],
    anchors: Sequence[bytes],
    intermediates: Sequence[bytes],
    at: datetime,
) -> Verified:
    """Verify a presented chain, leaf first, at an instant. Leaves need no subjectAltName.

    `intermediates` are those we know, so that a peer may send its certificate alone.
    Raises ChainError.
    """
    if not 1 <= len(chain_der) <= MAX_PRESENTED:
        raise ChainError("malformed")
    if not anchors:
        raise ChainError("untrusted")
    try:
        leaf, *sent = [certificate.load(found) for found in chain_der]
        known = [certificate.load(found) for found in intermediates]
        store = verification.Store([certificate.load(found) for found in anchors])
    except Unreadable as error:
        raise ChainError("malformed") from error
    path = _path(leaf, [*sent, *known], store, at)
    if path is None:
        raise ChainError(_why(leaf, [*sent, *known], store, at))
    ders = tuple(found.public_bytes(Encoding.DER) for found in path)
    if len(ders) < 2 or not all(map(_is_strong, ders)):
        raise ChainError("untrusted")
    return Verified(ders[0], ders[1], ders)


def _path(
    leaf: x509.Certificate,
    others: Sequence[x509.Certificate],
    store: verification.Store,
    at: datetime,
) -> list[x509.Certificate] | None:
    builder = (
        verification.PolicyBuilder()
        .store(store)
        .time(at)
        .extension_policies(
            ca_policy=verification.ExtensionPolicy.webpki_defaults_ca(),
            ee_policy=_leaf_policy(),
        )
    )
    try:
        return builder.build_client_verifier().verify(leaf, list(others)).chain
    except (verification.VerificationError, *LIBRARY_REFUSALS):
        return None


def _leaf_policy() -> verification.ExtensionPolicy:
    """The library's own, except that service certificates have no subjectAltName and any EKU."""
    anyhow = verification.Criticality.AGNOSTIC
    policy = verification.ExtensionPolicy.webpki_defaults_ee()
    return policy.may_be_present(x509.SubjectAlternativeName, anyhow, None).may_be_present(
        x509.ExtendedKeyUsage, anyhow, None
    )


def _why(
    leaf: x509.Certificate,
    others: Sequence[x509.Certificate],
    store: verification.Store,
    at: datetime,
) -> Kind:
    """Say "expired" only of a chain that was trusted while the leaf was valid."""
    kind: Kind = "untrusted"
    if at > leaf.not_valid_after_utc:
        kind, moment = "expired", leaf.not_valid_after_utc
    elif at < leaf.not_valid_before_utc:
        kind, moment = "not-yet-valid", leaf.not_valid_before_utc + timedelta(seconds=1)
    else:
        return kind
    return kind if _path(leaf, others, store, moment) is not None else "untrusted"


def _is_strong(certificate_der: bytes) -> bool:
    """The library accepts RSA-1024 leaves: sizes are ours to check."""
    key = keys.facts_of_spki(certificate.spki_der(certificate_der))
    match key.kind:
        case "rsa":
            return key.bits >= MIN_RSA_BITS
        case "ec":
            return key.bits >= MIN_EC_BITS
        case _:
            return key.kind in keys.PURE

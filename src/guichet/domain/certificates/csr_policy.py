"""Whether a certificate request may be answered. Only `admit` makes what the signer can plan."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guichet.domain.catalogue.profiles import Profile
from guichet.domain.certificates import key_policy
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.x509 import csr as requests
from guichet.x509 import keys
from guichet.x509.csr import Csr
from guichet.x509.errors import Unreadable

SIGNATURE_HASHES: Final = frozenset(
    {"sha256", "sha384", "sha512", "sha3-256", "sha3-384", "sha3-512"}
)
BASIC_CONSTRAINTS: Final = "2.5.29.19"
# Tools put these in by habit: they are tolerated and ignored, the profile decides.
TOLERATED_EXTENSIONS: Final = frozenset(
    {
        "2.5.29.14",  # subjectKeyIdentifier
        "2.5.29.15",  # keyUsage
        "2.5.29.17",  # subjectAltName
        BASIC_CONSTRAINTS,
        "2.5.29.37",  # extKeyUsage
    }
)
UNREADABLE: Final = {
    "empty": Code.CSR_MISSING,
    "too-large": Code.CSR_TOO_LARGE,
    "private-key": Code.CSR_IS_PRIVATE_KEY,
    "certificate": Code.CSR_IS_CERTIFICATE,
    "several": Code.CSR_SEVERAL,
    "not-a-csr": Code.CSR_UNREADABLE,
}


class KeyPast(StrEnum):
    """What became of a key before this request."""

    UNSEEN = "unseen"
    SEEN = "seen"  # in an earlier request or certificate
    BURNT = "burnt"  # its private half was sent to us
    RENEWED = "renewed"  # in the very certificate that this request renews
    SPENT = "spent"  # a renewal was asked that this key has no right to


KEY_OBJECTIONS: Final = {
    KeyPast.SEEN: Code.KEY_SEEN,
    KeyPast.BURNT: Code.KEY_BURNT,
    KeyPast.SPENT: Code.KEY_NOT_RENEWABLE,
}


@dataclass(frozen=True, slots=True)
class AdmittedCsr:
    """A request that passed every rule of the profile: made by `admit` alone."""

    csr: Csr
    profile: Profile


def read(data: bytes) -> Csr:
    """Read a request a person or a program sent. Raises Refusal: the CSR_ codes of reading."""
    try:
        return requests.read(data)
    except Unreadable as error:
        raise Refusal(UNREADABLE[error.reason]) from error


def read_again(data: bytes) -> Csr:
    """Read a request that was read before and kept as DER. Raises Refusal as `read` does."""
    try:
        return requests.read_der(data)
    except Unreadable as error:
        raise Refusal(UNREADABLE[error.reason]) from error


def objections(
    csr: Csr, profile: Profile, *, past: KeyPast, sieved: Container[int] = ()
) -> tuple[Objection, ...]:
    """Return everything that is wrong; `past` is the past of the request's key.

    `sieved`: as `key_policy.objections` takes it.
    """
    return (
        *_signature(csr),
        *key_policy.objections(csr.key, profile, sieved=sieved),
        *_key_is_new(past),
        *_contents(csr),
    )


def admit(csr: Csr, profile: Profile, *, past: KeyPast, sieved: Container[int] = ()) -> AdmittedCsr:
    """Admit the request. Raises Refusal with every objection."""
    if found := objections(csr, profile, past=past, sieved=sieved):
        raise Refusal(found[0].code, all=found)
    return AdmittedCsr(csr, profile)


def _signature(csr: Csr) -> Iterator[Objection]:
    """Possession of the key is proved (RFC 2986 3), by a digest that still means something."""
    without_digest = csr.key.kind in keys.PURE and csr.signature_hash is None
    if csr.signature_hash not in SIGNATURE_HASHES and not without_digest:
        algorithm = csr.signature_hash or "?"
        yield Objection(Code.CSR_SIGNATURE_ALGORITHM, (("algorithm", algorithm),))
    elif not csr.signature_valid:
        yield Objection(Code.CSR_SIGNATURE)


def _key_is_new(past: KeyPast) -> Iterator[Objection]:
    """One key, one certificate, which may be renewed: a key seen elsewhere may be others'."""
    if code := KEY_OBJECTIONS.get(past):
        yield Objection(code)


def _contents(csr: Csr) -> Iterator[Objection]:
    if csr.is_ca:
        yield Objection(Code.CSR_EXTENSION_FORBIDDEN, (("extension", "CA:TRUE"),))
    for oid in csr.extension_oids:
        if oid not in TOLERATED_EXTENSIONS:
            yield Objection(Code.CSR_EXTENSION_FORBIDDEN, (("extension", oid),))

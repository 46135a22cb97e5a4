"""Public keys as facts, and the kinds of keys that sign here."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeGuard, TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from guichet.x509 import der
from guichet.x509.errors import Unreadable

MlDsaPrivateKey = mldsa.MLDSA44PrivateKey | mldsa.MLDSA65PrivateKey | mldsa.MLDSA87PrivateKey
MlDsaPublicKey = mldsa.MLDSA44PublicKey | mldsa.MLDSA65PublicKey | mldsa.MLDSA87PublicKey
PureSigningKey = ed25519.Ed25519PrivateKey | MlDsaPrivateKey
SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | PureSigningKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | MlDsaPublicKey
Half = TypeVar("Half")
Kind = Literal["rsa", "ec", "ed25519", "ml-dsa-44", "ml-dsa-65", "ml-dsa-87", "other"]

ED25519_BITS: Final = 256
CURVE_NAMES: Final = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
# Keys that sign whole messages and do nothing else, by kind: private half, public half.
PURE: Final[Mapping[Kind, tuple[type[PureSigningKey], type[PublicKey]]]] = {
    "ed25519": (ed25519.Ed25519PrivateKey, ed25519.Ed25519PublicKey),
    "ml-dsa-44": (mldsa.MLDSA44PrivateKey, mldsa.MLDSA44PublicKey),
    "ml-dsa-65": (mldsa.MLDSA65PrivateKey, mldsa.MLDSA65PublicKey),
    "ml-dsa-87": (mldsa.MLDSA87PrivateKey, mldsa.MLDSA87PublicKey),
}
POST_QUANTUM: Final[frozenset[Kind]] = frozenset({"ml-dsa-44", "ml-dsa-65", "ml-dsa-87"})
PURE_PUBLIC_KEYS: Final = (
    ed25519.Ed25519PublicKey,
    mldsa.MLDSA44PublicKey,
    mldsa.MLDSA65PublicKey,
    mldsa.MLDSA87PublicKey,
)
PUBLIC_KEYS: Final = (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, *PURE_PUBLIC_KEYS)
SIGNING_KEYS: Final = (
    rsa.RSAPrivateKey,
    ec.EllipticCurvePrivateKey,
    *(private for private, _ in PURE.values()),
)
# Asked once of each class: those of the library are abstract, and slow to recognise.
_KINDS: Final[dict[type, Kind]] = {}
_LIKE: Final[dict[tuple[type, object], bool]] = {}


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What the rules ask of a public key. `bits` is 0 where a size has no meaning."""

    kind: Kind
    bits: int
    curve: str | None
    modulus: int | None
    exponent: int | None
    spki_der: bytes
    spki_sha256: str

    @property
    def name(self) -> str:
        """As profiles and keystores name its algorithm: "rsa-2048", "p-256", "ml-dsa-65"."""
        if self.kind == "ec":
            return (self.curve or self.kind).lower()
        return f"rsa-{self.bits}" if self.kind == "rsa" else self.kind


def facts(public_key: PublicKeyTypes) -> KeyFacts:
    """Return the facts of a loaded key."""
    spki = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return _facts(public_key, spki)


def facts_of_spki(spki: bytes) -> KeyFacts:
    """Return the facts of a DER SubjectPublicKeyInfo, kept byte for byte (RFC 5280 4.1.2.7).

    A key of a kind nobody here knows is "other". Raises Unreadable("not-a-key").
    """
    return read_spki(spki)[1]


def read_spki(spki: bytes) -> tuple[PublicKeyTypes | None, KeyFacts]:
    """As `facts_of_spki`, with the key itself for who goes on to verify by it.

    None for a key of a kind nobody here knows. Raises Unreadable("not-a-key").
    """
    try:
        der.single(spki)
        key = load_der_public_key(spki)
    except UnsupportedAlgorithm:
        return None, _facts(None, spki)
    except (ValueError, Unreadable) as error:
        raise Unreadable("not-a-key") from error
    return key, _facts(key, spki)


def _facts(public_key: PublicKeyTypes | None, spki: bytes) -> KeyFacts:
    kind = kind_of(public_key)
    bits, curve, modulus, exponent = 0, None, None, None
    if is_a(public_key, rsa.RSAPublicKey):
        numbers = public_key.public_numbers()
        bits, modulus, exponent = public_key.key_size, numbers.n, numbers.e
    elif is_a(public_key, ec.EllipticCurvePublicKey):
        bits = public_key.key_size
        curve = CURVE_NAMES.get(public_key.curve.name, public_key.curve.name)
    elif kind == "ed25519":
        bits = ED25519_BITS
    digest = hashlib.sha256(spki).hexdigest()
    return KeyFacts(kind, bits, curve, modulus, exponent, spki, digest)


def kind_of(key: object) -> Kind:
    """The kind of a key, public or private, wherever its private half is kept."""
    found = _KINDS.get(type(key))
    if found is None:
        found = _KINDS[type(key)] = _kind_of_type(type(key))
    return found


def is_a(key: object, half: Callable[..., Half]) -> TypeGuard[Half]:
    """Whether a key is of a class of the library, `rsa.RSAPublicKey`: isinstance, but faster."""
    pair = (type(key), half)
    found = _LIKE.get(pair)
    if found is None:
        found = _LIKE[pair] = isinstance(key, half)  # type: ignore[arg-type]
    return found


def _kind_of_type(found: type) -> Kind:
    if issubclass(found, rsa.RSAPublicKey | rsa.RSAPrivateKey):
        return "rsa"
    if issubclass(found, ec.EllipticCurvePublicKey | ec.EllipticCurvePrivateKey):
        return "ec"
    return next((kind for kind, halves in PURE.items() if issubclass(found, halves)), "other")


def make_rsa(bits: int) -> rsa.RSAPrivateKey:
    """A new RSA key in memory; its exponent is the least allowed (NIST SP 800-56B 6.2)."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def make_pure(kind: Kind) -> PureSigningKey:
    """A new key of a kind of `PURE`, in memory. Raises KeyError for another."""
    return PURE[kind][0].generate()


def key_identifier(spki: bytes) -> bytes:
    """Return the SHA-1 of the key bits, an identifier and no security (RFC 5280 4.2.1.2 (1))."""
    bit_string = der.child(spki, 1)
    return hashlib.sha1(bit_string.contents[1:], usedforsecurity=False).digest()


def public_half(key: SigningKey) -> bytes:
    """Return the DER SubjectPublicKeyInfo of a private key."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

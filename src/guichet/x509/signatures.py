"""Signature schemes as values: how each is named in DER, made and verified.

An authority signs by one scheme, whatever holds its key; what reads signatures finds the scheme
by its AlgorithmIdentifier. Only the schemes of `every` are ever made here.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from guichet.x509 import der, keys
from guichet.x509.keys import PublicKey, SigningKey

NULL: Final = der.tlv(der.NULL)
MGF1: Final = "1.2.840.113549.1.1.8"
THROW_AWAY_BITS: Final = 2048
Octets = bytes | memoryview


@dataclass(frozen=True, slots=True)
class Scheme(ABC):
    """One way to sign: its name here, its DER AlgorithmIdentifier, and whose it is.

    `keys_of` is the kind of its keys, or their curve: "rsa", "secp256r1", "ml-dsa-65".
    """

    name: str
    identifier: bytes
    keys_of: str

    def suits(self, key: object) -> bool:
        """Whether keys like this one sign by this scheme here."""
        if keys.is_a(key, ec.EllipticCurvePublicKey) or keys.is_a(key, ec.EllipticCurvePrivateKey):
            return key.curve.name == self.keys_of
        return keys.kind_of(key) == self.keys_of

    @abstractmethod
    def sign(self, key: SigningKey, data: bytes) -> bytes:
        """Sign the bytes. Raises TypeError for a key of another kind."""

    @abstractmethod
    def verifies(self, key: object, signature: bytes, data: Octets) -> bool:
        """Whether the public key's private half signed the bytes by this scheme."""


@dataclass(frozen=True, slots=True)
class RsaScheme(Scheme):
    """PKCS#1 v1.5 or PSS (RFC 8017 8), by padding."""

    digest: hashes.HashAlgorithm
    padding: padding.PKCS1v15 | padding.PSS

    def sign(self, key: SigningKey, data: bytes) -> bytes:
        """Sign by the key itself, which may live in a token."""
        if not keys.is_a(key, rsa.RSAPrivateKey):
            raise TypeError(self.name)
        return key.sign(data, self.padding, self.digest)

    def verifies(self, key: object, signature: bytes, data: Octets) -> bool:
        """False for a key of another kind as well."""
        if not keys.is_a(key, rsa.RSAPublicKey):
            return False
        try:
            key.verify(signature, data, self.padding, self.digest)  # type: ignore[arg-type]
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class EcdsaScheme(Scheme):
    """ECDSA; the strength of the digest follows the curve (RFC 5758 3.2)."""

    digest: hashes.HashAlgorithm

    def sign(self, key: SigningKey, data: bytes) -> bytes:
        """Sign by the key itself, which may live in a token."""
        if not keys.is_a(key, ec.EllipticCurvePrivateKey):
            raise TypeError(self.name)
        return key.sign(data, ec.ECDSA(self.digest))

    def verifies(self, key: object, signature: bytes, data: Octets) -> bool:
        """On any curve: others may pair curves and digests otherwise."""
        if not keys.is_a(key, ec.EllipticCurvePublicKey):
            return False
        try:
            key.verify(signature, data, ec.ECDSA(self.digest))
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class PureScheme(Scheme):
    """Ed25519 (RFC 8410 3) or ML-DSA with an empty context (RFC 9881 3): no digest beforehand."""

    def sign(self, key: SigningKey, data: bytes) -> bytes:
        """Sign the whole bytes."""
        if isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) or not self.suits(key):
            raise TypeError(self.name)
        return key.sign(data)

    def verifies(self, key: object, signature: bytes, data: Octets) -> bool:
        """False for a key of another kind as well."""
        if not isinstance(key, keys.PURE_PUBLIC_KEYS) or not self.suits(key):
            return False
        try:
            key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class BoundKey:
    """A private key and the scheme it signs by. Raises ValueError when they do not go together."""

    key: SigningKey
    scheme: Scheme

    def __post_init__(self) -> None:
        if not self.scheme.suits(self.key):
            kind = keys.facts(self.key.public_key()).name
            raise ValueError(f"a key {kind} does not sign by {self.scheme.name}")

    @property
    def identifier(self) -> bytes:
        """The DER AlgorithmIdentifier of its signatures."""
        return self.scheme.identifier

    def sign(self, data: bytes) -> bytes:
        """The signature of the bytes."""
        return self.scheme.sign(self.key, data)

    def signed(self, to_be_signed: bytes) -> bytes:
        """SEQUENCE {tbs, algorithm, signature}: the shape of certificates, CRLs and requests."""
        return der.sequence(to_be_signed, self.identifier, der.bits(self.sign(to_be_signed)))


def _rsa() -> tuple[Scheme, ...]:
    """RFC 4055: PKCS#1 v1.5 with a NULL (5); PSS with every parameter written, MGF1 of the same

    digest and a salt as long as it (3.1).
    """
    found: list[Scheme] = []
    for digest, pkcs1, oid in (
        (hashes.SHA256(), "1.2.840.113549.1.1.11", "2.16.840.1.101.3.4.2.1"),
        (hashes.SHA384(), "1.2.840.113549.1.1.12", "2.16.840.1.101.3.4.2.2"),
        (hashes.SHA512(), "1.2.840.113549.1.1.13", "2.16.840.1.101.3.4.2.3"),
    ):
        hashed = der.sequence(der.oid(oid), NULL)
        parameters = der.sequence(
            der.tlv(der.context(0), hashed),
            der.tlv(der.context(1), der.sequence(der.oid(MGF1), hashed)),
            der.tlv(der.context(2), der.integer(digest.digest_size)),
        )
        plain = der.sequence(der.oid(pkcs1), NULL)
        pss = der.sequence(der.oid("1.2.840.113549.1.1.10"), parameters)
        salted = padding.PSS(padding.MGF1(digest), digest.digest_size)
        found += [
            RsaScheme(f"rsa-{digest.name}", plain, "rsa", digest, padding.PKCS1v15()),
            RsaScheme(f"rsa-pss-{digest.name}", pss, "rsa", digest, salted),
        ]
    return tuple(found)


def _without_parameters() -> tuple[Scheme, ...]:
    """ECDSA (RFC 5758 3.2), Ed25519 (RFC 8410 3) and ML-DSA (RFC 9881 2)."""
    ecdsa: tuple[tuple[hashes.HashAlgorithm, str, str], ...] = (
        (hashes.SHA256(), "secp256r1", "1.2.840.10045.4.3.2"),
        (hashes.SHA384(), "secp384r1", "1.2.840.10045.4.3.3"),
        (hashes.SHA512(), "secp521r1", "1.2.840.10045.4.3.4"),
    )
    pure: tuple[tuple[str, str], ...] = (
        ("ed25519", "1.3.101.112"),
        ("ml-dsa-44", "2.16.840.1.101.3.4.3.17"),
        ("ml-dsa-65", "2.16.840.1.101.3.4.3.18"),
        ("ml-dsa-87", "2.16.840.1.101.3.4.3.19"),
    )
    return (
        *(
            EcdsaScheme(f"ecdsa-{digest.name}", der.sequence(der.oid(oid)), curve, digest)
            for digest, curve, oid in ecdsa
        ),
        *(PureScheme(kind, der.sequence(der.oid(oid)), kind) for kind, oid in pure),
    )


_EVERY: Final = (*_rsa(), *_without_parameters())
_BY_NAME: Final = {scheme.name: scheme for scheme in _EVERY}
_BY_IDENTIFIER: Final = {scheme.identifier: scheme for scheme in _EVERY}
# The scheme of a key when nothing else is said, by how its algorithm's name begins.
_USUAL: Final = {
    "rsa-": "rsa-sha256",
    "p-256": "ecdsa-sha256",
    "p-384": "ecdsa-sha384",
    "p-521": "ecdsa-sha512",
    "ed25519": "ed25519",
    "ml-dsa-44": "ml-dsa-44",
    "ml-dsa-65": "ml-dsa-65",
    "ml-dsa-87": "ml-dsa-87",
}


def every() -> tuple[Scheme, ...]:
    """Every scheme that is signed by here."""
    return _EVERY


def named(name: str) -> Scheme:
    """The scheme of a name, "rsa-pss-sha256". Raises ValueError."""
    found = _BY_NAME.get(name)
    if found is None:
        raise ValueError(f"{name}: no signature scheme; one of {', '.join(_BY_NAME)}")
    return found


def identified(identifier: bytes) -> Scheme | None:
    """The scheme of a DER AlgorithmIdentifier, byte for byte; None for one not known here."""
    return _BY_IDENTIFIER.get(identifier)


def usual_name(algorithm: str) -> str:
    """The scheme of keys of an algorithm, "rsa-4096", when none is chosen. Raises ValueError."""
    for beginning, name in _USUAL.items():
        if algorithm.startswith(beginning):
            return name
    raise ValueError(f"{algorithm}: no key algorithm that signs")


def are_alike(one: str, other: str) -> bool:
    """Whether one key can sign by both schemes. Raises ValueError for a name not known."""
    return named(one).keys_of == named(other).keys_of


def usual(key: SigningKey | PublicKey) -> Scheme:
    """The scheme of a key when none is chosen. Raises ValueError for a curve not known here."""
    public = key if isinstance(key, keys.PUBLIC_KEYS) else key.public_key()
    return named(usual_name(keys.facts(public).name))


def bound(key: SigningKey, scheme: str = "") -> BoundKey:
    """The key with the scheme of this name, or its usual one. Raises ValueError."""
    return BoundKey(key, named(scheme) if scheme else usual(key))


def throw_away(real: BoundKey) -> BoundKey:
    """A new key of the same kind whose signatures bear the same algorithm, for rehearsals."""
    key = real.key
    if isinstance(key, rsa.RSAPrivateKey):
        return BoundKey(keys.make_rsa(THROW_AWAY_BITS), real.scheme)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return BoundKey(ec.generate_private_key(key.curve), real.scheme)
    return BoundKey(keys.make_pure(keys.kind_of(key)), real.scheme)

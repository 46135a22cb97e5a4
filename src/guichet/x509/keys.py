"""Public keys as facts, and signatures by whatever holds the private one."""

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from guichet.x509 import der
from guichet.x509.errors import Unreadable

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
Kind = Literal["rsa", "ec", "ed25519", "other"]

CURVE_NAMES: Final = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
NULL: Final = der.tlv(der.NULL)
RSA_SHA256: Final = der.sequence(der.oid("1.2.840.113549.1.1.11"), NULL)  # RFC 4055 5
ED25519: Final = der.sequence(der.oid("1.3.101.112"))  # RFC 8410 3
# Strength of the digest follows the curve (RFC 5758 3.2).
ECDSA: Final[dict[str, tuple[bytes, hashes.HashAlgorithm]]] = {
    "secp256r1": (der.sequence(der.oid("1.2.840.10045.4.3.2")), hashes.SHA256()),
    "secp384r1": (der.sequence(der.oid("1.2.840.10045.4.3.3")), hashes.SHA384()),
    "secp521r1": (der.sequence(der.oid("1.2.840.10045.4.3.4")), hashes.SHA512()),
}


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


def facts(public_key: PublicKeyTypes) -> KeyFacts:
    """Return the facts of a loaded key."""
    spki = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return _facts(public_key, spki)


def facts_of_spki(spki: bytes) -> KeyFacts:
    """Return the facts of a DER SubjectPublicKeyInfo, kept byte for byte (RFC 5280 4.1.2.7).

    A key of a kind nobody here knows is "other". Raises Unreadable("not-a-key").
    """
    try:
        der.single(spki)
        return _facts(load_der_public_key(spki), spki)
    except UnsupportedAlgorithm:
        return _facts(None, spki)
    except (ValueError, Unreadable) as error:
        raise Unreadable("not-a-key") from error


def _facts(public_key: PublicKeyTypes | None, spki: bytes) -> KeyFacts:
    kind: Kind = "other"
    bits, curve, modulus, exponent = 0, None, None, None
    if isinstance(public_key, rsa.RSAPublicKey):
        numbers = public_key.public_numbers()
        kind, bits, modulus, exponent = "rsa", public_key.key_size, numbers.n, numbers.e
    elif isinstance(public_key, ec.EllipticCurvePublicKey):
        kind, bits = "ec", public_key.key_size
        curve = CURVE_NAMES.get(public_key.curve.name, public_key.curve.name)
    elif isinstance(public_key, ed25519.Ed25519PublicKey):
        kind, bits = "ed25519", 256
    digest = hashlib.sha256(spki).hexdigest()
    return KeyFacts(kind, bits, curve, modulus, exponent, spki, digest)


def key_identifier(spki: bytes) -> bytes:
    """Return the SHA-1 of the key bits, an identifier and no security (RFC 5280 4.2.1.2 (1))."""
    bit_string = der.single(spki).children()[1]
    return hashlib.sha1(bit_string.contents[1:], usedforsecurity=False).digest()


def algorithm_identifier(key: SigningKey) -> bytes:
    """Return the DER AlgorithmIdentifier of the signatures `sign` makes with this key."""
    if isinstance(key, rsa.RSAPrivateKey):
        return RSA_SHA256
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return ECDSA[key.curve.name][0]
    return ED25519


def sign(key: SigningKey, data: bytes) -> bytes:
    """Sign the bytes: PKCS#1 v1.5 with SHA-256, ECDSA with the curve's digest, or Ed25519."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(ECDSA[key.curve.name][1]))
    return key.sign(data)


def signed(key: SigningKey, to_be_signed: bytes) -> bytes:
    """Return SEQUENCE {tbs, algorithm, signature}: the shape of certificates and CRLs."""
    signature = der.bits(sign(key, to_be_signed))
    return der.sequence(to_be_signed, algorithm_identifier(key), signature)


def public_half(key: SigningKey) -> bytes:
    """Return the DER SubjectPublicKeyInfo of a private key."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


__all__ = [
    "KeyFacts",
    "SigningKey",
    "algorithm_identifier",
    "facts",
    "facts_of_spki",
    "key_identifier",
    "public_half",
    "sign",
    "signed",
]

"""The key algorithms that authorities may have, by name, and keys made in memory."""

from collections.abc import Mapping
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from guichet.keystore.protocol import KeystoreError, SigningKey
from guichet.x509 import keys

RSA_SIZES: Final = {"rsa-2048": 2048, "rsa-3072": 3072, "rsa-4096": 4096}
CURVES: Final[Mapping[str, ec.EllipticCurve]] = {
    "p-256": ec.SECP256R1(),
    "p-384": ec.SECP384R1(),
    "p-521": ec.SECP521R1(),
}


def names() -> tuple[str, ...]:
    """Every algorithm offered: "rsa-2048" … "p-521", "ed25519", "ml-dsa-44" …"""
    return (*RSA_SIZES, *CURVES, *keys.PURE)


def make(algorithm: str) -> SigningKey:
    """A new key of an algorithm, one of `names`. Raises KeystoreError for another name."""
    if size := RSA_SIZES.get(algorithm):
        return keys.make_rsa(size)
    if curve := CURVES.get(algorithm):
        return ec.generate_private_key(curve)
    if kind := next((kind for kind in keys.PURE if kind == algorithm), None):
        return keys.make_pure(kind)
    raise KeystoreError(f"Not a key algorithm offered: {algorithm!r}")

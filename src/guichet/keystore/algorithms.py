"""The key algorithms that authorities may have, by name, and keys made in memory."""

from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from guichet.keystore.protocol import KeystoreError, SigningKey

RSA_SIZES: Final = {"rsa-2048": 2048, "rsa-3072": 3072, "rsa-4096": 4096}
CURVES: Final = {"p-256": ec.SECP256R1, "p-384": ec.SECP384R1}


def make(algorithm: str) -> SigningKey:
    """A new key of an algorithm, "rsa-2048" … "p-384". Raises KeystoreError for another name."""
    if size := RSA_SIZES.get(algorithm):
        return rsa.generate_private_key(public_exponent=65537, key_size=size)
    if curve := CURVES.get(algorithm):
        return ec.generate_private_key(curve())
    raise KeystoreError(f"Not a key algorithm offered: {algorithm!r}")

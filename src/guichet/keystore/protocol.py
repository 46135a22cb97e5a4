"""What a keystore offers, whatever keeps the keys."""

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import ec, rsa

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class KeystoreError(Exception):
    """A key cannot be made, found or opened; the message says what to do."""


class Keystore(Protocol):
    """Keys by label. A label is made once and never made again."""

    def generate(self, label: str, algorithm: str) -> PublicKey:
        """Make a key: 'rsa-2048' … 'rsa-4096', 'p-256', 'p-384'. Raises KeystoreError."""

    def labels(self) -> frozenset[str]:
        """Labels of the keys held."""

    def signing_key(self, label: str) -> SigningKey:
        """The key, loaded once per process. Raises KeystoreError."""

    def public_key(self, label: str) -> PublicKey:
        """Its public half. Raises KeystoreError."""

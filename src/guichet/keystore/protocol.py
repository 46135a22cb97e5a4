"""What a keystore offers, whatever keeps the keys."""

from collections.abc import Callable
from typing import Protocol

from guichet.x509.keys import PublicKey, SigningKey

__all__ = ["Keystore", "KeystoreError", "PublicKey", "Secret", "SigningKey"]

# Gives the passphrase or PIN when a key is opened; raises KeystoreError when there is none.
Secret = Callable[[], bytes]


class KeystoreError(Exception):
    """A key cannot be made, found or opened; the message says what to do."""


class Keystore(Protocol):
    """Keys by label. A label is made once and never made again."""

    def generate(self, label: str, algorithm: str) -> PublicKey:
        """Make a key of an algorithm as `algorithms.names` has them. Raises KeystoreError."""

    def labels(self) -> frozenset[str]:
        """Labels of the keys held."""

    def signing_key(self, label: str) -> SigningKey:
        """The key, loaded once per process. Raises KeystoreError."""

    def public_key(self, label: str) -> PublicKey:
        """Its public half. Raises KeystoreError."""

    def destroy(self, label: str) -> None:
        """Destroy a key for ever. Raises KeystoreError when it is not held or stays."""

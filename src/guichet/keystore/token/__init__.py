"""Keys that live in a PKCS#11 token, hardware or SoftHSM, and never leave it."""

from guichet.keystore.token.keystore import TokenKeystore
from guichet.keystore.token.uri import TokenUri, parse

__all__ = ["TokenKeystore", "TokenUri", "parse"]

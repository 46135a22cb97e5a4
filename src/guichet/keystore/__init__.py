"""Signing keys without Django: opened by the signing modules alone (import contract)."""

from guichet.keystore.file import FileKeystore
from guichet.keystore.protocol import Keystore, KeystoreError, SigningKey

__all__ = ["Keystore", "KeystoreError", "SigningKey", "open_keystore"]


def open_keystore(url: str, passphrase: bytes) -> Keystore:
    """Open `file:<folder>`. Raises KeystoreError, which says what to do."""
    scheme, _, rest = url.partition(":")
    if scheme == "file" and rest:
        return FileKeystore(rest, passphrase)
    if scheme == "pkcs11":
        raise KeystoreError("PKCS#11 keystores are not offered yet: use file:<folder>")
    raise KeystoreError(f"GUICHET_KEYSTORE: file:<folder>, not {url!r}")

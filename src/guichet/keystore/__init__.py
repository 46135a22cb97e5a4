"""Signing keys without Django: opened by the signing modules alone (import contract)."""

from guichet.keystore.file import FileKeystore
from guichet.keystore.protocol import Keystore, KeystoreError, Secret, SigningKey

__all__ = ["FileKeystore", "Keystore", "KeystoreError", "Secret", "SigningKey", "open_keystore"]


def open_keystore(url: str, secret: bytes | Secret) -> Keystore:
    """Open `file:<folder>`, or `pkcs11:token=…?module-path=…` (RFC 7512).

    `secret` is the passphrase or PIN, or gives it whenever one is needed. Nothing is read, and no
    token asked, before the first key is. Raises KeystoreError, which says what to do.
    """
    give = (lambda: secret) if isinstance(secret, bytes) else secret
    scheme, _, rest = url.partition(":")
    if scheme == "file" and rest:
        return FileKeystore(rest, give)
    if scheme == "pkcs11":
        # Half the start of a process, which those without a token are spared.
        from guichet.keystore.token import TokenKeystore, parse  # noqa: PLC0415

        return TokenKeystore(parse(url), give)
    raise KeystoreError(f"GUICHET_KEYSTORE: file:<folder> or pkcs11:…, not {url!r}")

"""The signing key of an authority: what the keystore holds under its label."""

from guichet.authority.models import CertificationAuthority
from guichet.keystore import Keystore, SigningKey


def key_of(authority: CertificationAuthority, keystore: Keystore) -> SigningKey:
    """The key that an authority signs with. Raises KeystoreError."""
    return keystore.signing_key(authority.key_label)

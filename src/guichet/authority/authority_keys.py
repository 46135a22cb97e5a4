"""The signing key of an authority: what the keystore holds under its label, with its scheme."""

from guichet.authority.models import CertificationAuthority
from guichet.domain.catalogue import authorities
from guichet.keystore import Keystore, SigningKey
from guichet.x509 import signatures
from guichet.x509.signatures import BoundKey


def key_of(authority: CertificationAuthority, keystore: Keystore) -> BoundKey:
    """The key that an authority signs with, by the scheme of its entry in the catalogue.

    Raises KeystoreError.
    """
    scheme = authorities.signature_of(authority.code)
    return bind(keystore.signing_key(authority.key_label), scheme)


def bind(key: SigningKey, scheme: str) -> BoundKey:
    """The key with this scheme, or its usual one where they do not go together.

    An authority whose entry has changed goes on signing the lists of its older key.
    """
    wanted = signatures.named(scheme) if scheme else signatures.usual(key)
    return BoundKey(key, wanted if wanted.suits(key) else signatures.usual(key))

"""The signing key of an authority: what the keystore holds under its label, with its scheme."""

from functools import lru_cache

from guichet.authority.models import CertificationAuthority
from guichet.domain.catalogue import authorities
from guichet.keystore import Keystore, SigningKey
from guichet.x509 import certificate, keys, signatures
from guichet.x509.signatures import BoundKey, Scheme


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


def scheme_of(authority: CertificationAuthority) -> Scheme:
    """The scheme of `key_of`, told by the authority's certificate: no key is opened."""
    return _scheme(bytes(authority.der), authorities.signature_of(authority.code))


@lru_cache(maxsize=256)
def _scheme(certificate_der: bytes, name: str) -> Scheme:
    key = certificate.load(certificate_der).public_key()
    usual = signatures.named(signatures.usual_name(keys.facts(key).name))
    wanted = signatures.named(name) if name else usual
    return wanted if isinstance(key, keys.PUBLIC_KEYS) and wanted.suits(key) else usual

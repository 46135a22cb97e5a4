"""Certificate requests (PKCS#10, RFC 2986) that are made here, by keys that live anywhere."""

from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from guichet.x509 import der, keys, names
from guichet.x509.signatures import BoundKey

VERSION_1: Final = der.integer(0)
NO_ATTRIBUTES: Final = der.tlv(der.context(0))


def build(subject: names.Name, key: BoundKey) -> bytes:
    """Return a request, DER, for the public half of a key, signed by it: it proves possession."""
    information = der.sequence(
        VERSION_1, names.to_der(subject), keys.public_half(key.key), NO_ATTRIBUTES
    )
    return key.signed(information)


def unnamed(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    """Return a request, DER, without a subject, for a key at hand: names come from elsewhere."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)

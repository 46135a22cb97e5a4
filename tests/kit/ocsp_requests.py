"""OCSP requests that cryptography cannot build."""

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as library

from guichet.x509 import certificate, der
from kit.pki import Leaf


def request_of_several(*requests: bytes) -> bytes:
    """One request for the certificates of several, with the extensions of the last.

    cryptography cannot build it.
    """
    fields = [der.single(request).children()[0].children() for request in requests]
    listed = (found[0].children()[0].encoding for found in fields)
    extensions = (found.encoding for found in fields[-1][1:])
    return der.sequence(der.sequence(der.sequence(*listed), *extensions))


def asked(
    leaf: Leaf,
    algorithm: hashes.HashAlgorithm | None = None,
    nonce: bytes | None = None,
) -> bytes:
    """A request for a certificate, as cryptography makes it; SHA-256 unless told otherwise."""
    builder = library.OCSPRequestBuilder().add_certificate(
        certificate.load(leaf.der),
        certificate.load(leaf.authority.der),
        algorithm or hashes.SHA256(),
    )
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)

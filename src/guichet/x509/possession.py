"""Whether a signature, as WebCrypto makes it, was made by the private half of a public key."""

from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

# Strength of the digest follows the curve (RFC 5758 3.2).
DIGESTS: Final = {"secp256r1": hashes.SHA256(), "secp384r1": hashes.SHA384()}


def verifies(spki: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether this key made the signature; False for keys and signatures of other kinds.

    RSASSA-PKCS1-v1_5 with SHA-256, or ECDSA on P-256 and P-384 whose signature is r and s side by
    side (IEEE P1363, as the Web Cryptography API 23.7 says). `spki`: DER SubjectPublicKeyInfo.
    """
    try:
        key = load_der_public_key(spki)
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
            return True
        if isinstance(key, ec.EllipticCurvePublicKey):
            return _by_curve(key, signature, message)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        pass
    return False


def _by_curve(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    """Raises InvalidSignature."""
    digest = DIGESTS.get(key.curve.name)
    size = (key.key_size + 7) // 8
    if digest is None or len(signature) != 2 * size:
        return False
    r, s = (int.from_bytes(part) for part in (signature[:size], signature[size:]))
    key.verify(encode_dss_signature(r, s), message, ec.ECDSA(digest))
    return True

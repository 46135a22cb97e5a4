"""Whether a signature, as WebCrypto makes it, was made by the private half of a public key."""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from guichet.x509 import keys, signatures


def verifies(spki: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether this key made the signature; False for keys and signatures of other kinds.

    By the key's usual scheme: RSASSA-PKCS1-v1_5 with SHA-256, Ed25519, ML-DSA, or ECDSA whose
    signature is r and s side by side (IEEE P1363, as the Web Cryptography API 23.7 says). `spki`:
    DER SubjectPublicKeyInfo.
    """
    try:
        key = load_der_public_key(spki)
        if not isinstance(key, keys.PUBLIC_KEYS):
            return False
        if isinstance(key, ec.EllipticCurvePublicKey):
            signature = _dss(signature, (key.key_size + 7) // 8)
        return signatures.usual(key).verifies(key, signature, message)
    except (UnsupportedAlgorithm, ValueError):
        return False


def _dss(side_by_side: bytes, size: int) -> bytes:
    """The same signature as X.509 spells it. Raises ValueError for another length."""
    if len(side_by_side) != 2 * size:
        raise ValueError("not r and s of the curve's size")
    r, s = (int.from_bytes(part) for part in (side_by_side[:size], side_by_side[size:]))
    return encode_dss_signature(r, s)

"""Private keys whose half is in a token, as cryptography's builders take them.

Digests are made here and the token signs digests: what it is sent stays small, whatever the size
of a list, and any token that signs at all does that much.
"""

from dataclasses import dataclass
from typing import Any, Final, NoReturn, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11 import MGF, Mechanism

from guichet.keystore.protocol import KeystoreError
from guichet.x509 import der

# RFC 8017 A.2.4, and the names PKCS#11 gives to the same digests.
DIGESTS: Final = {
    "sha256": ("2.16.840.1.101.3.4.2.1", Mechanism.SHA256, MGF.SHA256),
    "sha384": ("2.16.840.1.101.3.4.2.2", Mechanism.SHA384, MGF.SHA384),
    "sha512": ("2.16.840.1.101.3.4.2.3", Mechanism.SHA512, MGF.SHA512),
}
NULL: Final = der.tlv(der.NULL)


@dataclass(frozen=True, slots=True)
class Asked:
    """One signature asked of a token: what is signed, and how (PKCS#11 names)."""

    data: bytes
    mechanism: Mechanism
    parameter: tuple[Mechanism, MGF, int] | None = None


class Holder(Protocol):
    """What signs with the private half of a label."""

    def sign(self, label: str, asked: Asked) -> bytes:
        """The token's signature. Raises KeystoreError."""


def _digest(data: Any, algorithm: object) -> tuple[bytes, str]:
    if not isinstance(algorithm, hashes.HashAlgorithm) or algorithm.name not in DIGESTS:
        raise KeystoreError("A key in a token signs by SHA-256, SHA-384 or SHA-512")
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize(), algorithm.name


def _stays() -> NoReturn:
    raise KeystoreError("A key in a token signs and does nothing else: it never leaves")


class TokenRsaKey(rsa.RSAPrivateKey):
    """An RSA key in a token. Signs by PKCS#1 v1.5, or PSS with a salt as long as the digest."""

    def __init__(self, holder: Holder, label: str, public: rsa.RSAPublicKey) -> None:
        self._holder, self._label, self._public = holder, label, public

    @property
    def key_size(self) -> int:
        """Bits of the modulus."""
        return self._public.key_size

    def public_key(self) -> rsa.RSAPublicKey:
        """Its public half, read once."""
        return self._public

    def sign(self, data: Any, padding: Any, algorithm: Any) -> bytes:
        """Sign by the token (RFC 8017 8.1, 8.2). Raises KeystoreError."""
        digest, name = _digest(data, algorithm)
        return self._holder.sign(self._label, _rsa_asked(digest, name, padding, algorithm))

    def decrypt(self, ciphertext: Any, padding: Any) -> bytes:
        """Raises KeystoreError."""
        _stays()

    def private_numbers(self) -> rsa.RSAPrivateNumbers:
        """Raises KeystoreError."""
        _stays()

    def private_bytes(self, encoding: Any, format: Any, encryption_algorithm: Any) -> bytes:  # noqa: A002
        """Raises KeystoreError."""
        _stays()

    def __copy__(self) -> "TokenRsaKey":
        return self

    def __deepcopy__(self, memo: object) -> "TokenRsaKey":
        return self


def _rsa_asked(digest: bytes, name: str, how: object, algorithm: hashes.HashAlgorithm) -> Asked:
    oid, hashed, mask = DIGESTS[name]
    if isinstance(how, padding.PKCS1v15):
        identifier = der.sequence(der.oid(oid), NULL)
        return Asked(der.sequence(identifier, der.octets(digest)), Mechanism.RSA_PKCS)
    mgf = padding.MGF1(algorithm)
    salts = (algorithm.digest_size, padding.PSS.DIGEST_LENGTH)
    if not any(how == padding.PSS(mgf, salt) for salt in salts):
        raise KeystoreError(
            "A key in a token signs by PKCS#1 v1.5, or by PSS with one digest and a salt as long"
        )
    return Asked(digest, Mechanism.RSA_PKCS_PSS, (hashed, mask, len(digest)))


class TokenEcKey(ec.EllipticCurvePrivateKey):
    """A key on P-256, P-384 or P-521 in a token. Signs by ECDSA."""

    def __init__(self, holder: Holder, label: str, public: ec.EllipticCurvePublicKey) -> None:
        self._holder, self._label, self._public = holder, label, public

    @property
    def curve(self) -> ec.EllipticCurve:
        """Its curve."""
        return self._public.curve

    @property
    def key_size(self) -> int:
        """Bits of the curve's order."""
        return self._public.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Its public half, read once."""
        return self._public

    def sign(self, data: Any, signature_algorithm: Any) -> bytes:
        """Sign by the token, encoded as X.509 wants it (RFC 3279 2.2.3). Raises KeystoreError."""
        digest, _ = _digest(data, signature_algorithm.algorithm)
        octets = (self.key_size + 7) // 8
        # FIPS 186-5 6.4.1 takes the leftmost bits; not every token does by itself.
        raw = self._holder.sign(self._label, Asked(digest[:octets], Mechanism.ECDSA))
        half = len(raw) // 2
        return encode_dss_signature(
            int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
        )

    def exchange(self, algorithm: Any, peer_public_key: Any) -> bytes:
        """Raises KeystoreError."""
        _stays()

    def private_numbers(self) -> ec.EllipticCurvePrivateNumbers:
        """Raises KeystoreError."""
        _stays()

    def private_bytes(self, encoding: Any, format: Any, encryption_algorithm: Any) -> bytes:  # noqa: A002
        """Raises KeystoreError."""
        _stays()

    def __copy__(self) -> "TokenEcKey":
        return self

    def __deepcopy__(self, memo: object) -> "TokenEcKey":
        return self

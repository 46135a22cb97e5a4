"""Ed25519 account keys (RFC 8037), which josepy does not know by itself."""

from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from josepy import jwa, jwk
from josepy.errors import DeserializationError
from josepy.json_util import decode_b64jose, encode_b64jose

CURVE: Final = "Ed25519"


@jwk.JWK.register
class JWKOKP(jwk.JWK):
    """An Ed25519 key: `key` is of the cryptography library."""

    typ = "OKP"
    __slots__ = ("key",)
    cryptography_key_types = (Ed25519PublicKey, Ed25519PrivateKey)
    required = ("crv", "kty", "x")
    key: Ed25519PublicKey | Ed25519PrivateKey

    def public_key(self) -> "JWKOKP":
        """The same key without its private half."""
        return JWKOKP(key=self._public())

    def fields_to_partial_json(self) -> dict[str, str]:
        """Only ever the public half."""
        raw = self._public().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return {"crv": CURVE, "x": encode_b64jose(raw)}

    @classmethod
    def fields_from_json(cls, jobj: Mapping[str, Any]) -> "JWKOKP":
        """Raises DeserializationError, KeyError."""
        if jobj["crv"] != CURVE:
            raise DeserializationError("crv")
        try:
            return cls(key=Ed25519PublicKey.from_public_bytes(decode_b64jose(jobj["x"])))
        except ValueError as error:
            raise DeserializationError("x") from error

    def _public(self) -> Ed25519PublicKey:
        own = self.key
        return own.public_key() if isinstance(own, Ed25519PrivateKey) else own


class EdDsa(jwa.JWASignature):
    """The "EdDSA" algorithm (RFC 8037 §3.1)."""

    kty = JWKOKP

    def sign(self, key: Ed25519PrivateKey, msg: bytes) -> bytes:
        """The signature, 64 octets."""
        return key.sign(msg)

    def verify(self, key: Ed25519PublicKey, msg: bytes, sig: bytes) -> bool:
        """Whether the signature is the key's."""
        try:
            key.verify(sig, msg)
        except InvalidSignature:
            return False
        return True


EDDSA: Final = jwa.JWASignature.register(EdDsa("EdDSA"))

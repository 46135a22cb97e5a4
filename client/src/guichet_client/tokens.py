"""Keys in a PKCS#11 token: made there, used there, never seen here. Wants the extra `pkcs11`."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn
from urllib.parse import quote, unquote

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from guichet_client import files
from guichet_client.errors import ClientError, Exit
from guichet_client.keys import BITS, PrivateKey
from guichet_client.settings import KeyWanted
from guichet_client.wording import Say

# DER of DigestInfo for SHA-256 (RFC 8017 §9.2), before the digest itself.
SHA256_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")
DEFAULT_MODULE: Final = "/usr/lib/softhsm/libsofthsm2.so"


@dataclass(frozen=True, slots=True)
class Place:
    """A token, its module, and the label of a key in it; the label is empty for a new key."""

    module: str
    token: str
    label: str


def place_of(uri: str) -> Place:
    """Read the parts of an RFC 7512 address that are used: token, object, module-path."""
    path, _, query = uri.removeprefix("pkcs11:").partition("?")
    parts = [one.partition("=") for one in [*path.split(";"), *query.split("&")] if one]
    told = {key.strip(): unquote(value) for key, _, value in parts}
    return Place(
        told.get("module-path", DEFAULT_MODULE), told.get("token", ""), told.get("object", "")
    )


def make(wanted: KeyWanted, label: str) -> tuple[PrivateKey, str]:
    """Make a key under a label; the key, and its address. Raises ClientError (FILES)."""
    place = place_of(wanted.token)
    with _session(place, wanted, writes=True) as (session, p11):
        if wanted.kind in BITS:
            session.generate_keypair(
                p11.KeyType.RSA, BITS[wanted.kind], label=label, id=label.encode(), store=True
            )
        else:
            from pkcs11.util.ec import encode_named_curve_parameters  # noqa: PLC0415

            curve = {p11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
            parameters = session.create_domain_parameters(p11.KeyType.EC, curve, local=True)
            parameters.generate_keypair(label=label, id=label.encode(), store=True)
    module = quote(place.module, safe="/")
    uri = f"pkcs11:token={quote(place.token)};object={quote(label)}?module-path={module}"
    return find(wanted, uri), uri


def find(wanted: KeyWanted, uri: str) -> PrivateKey:
    """The key at an address, able to sign. Raises ClientError (FILES)."""
    place = place_of(uri)
    with _session(place, wanted) as (session, p11):
        public = session.get_key(object_class=p11.ObjectClass.PUBLIC_KEY, label=place.label)
        loaded = serialization.load_der_public_key(_spki(public, p11))
    if isinstance(loaded, rsa.RSAPublicKey):
        return TokenRsa(wanted, place, loaded)
    return TokenEc(wanted, place, loaded)  # type: ignore[arg-type]


def destroy(wanted: KeyWanted, uri: str) -> None:
    """Remove a key that no certificate in use is of. Raises ClientError (FILES)."""
    place = place_of(uri)
    with _session(place, wanted, writes=True) as (session, p11):
        for found in list(session.get_objects({p11.Attribute.LABEL: place.label})):
            found.destroy()


def _stays() -> NoReturn:
    raise ClientError(Exit.FILES, Say.TOKEN_STAYS)


def _signed(wanted: KeyWanted, place: Place, data: bytes, mechanism: str) -> bytes:
    with _session(place, wanted) as (session, p11):
        key = session.get_key(object_class=p11.ObjectClass.PRIVATE_KEY, label=place.label)
        return bytes(key.sign(data, mechanism=getattr(p11.Mechanism, mechanism)))


class TokenRsa(rsa.RSAPrivateKey):
    """An RSA key that signs by PKCS#1 v1.5 and SHA-256, as certificate requests want it."""

    def __init__(self, wanted: KeyWanted, place: Place, public: rsa.RSAPublicKey) -> None:
        self._wanted, self._place, self._public = wanted, place, public

    @property
    def key_size(self) -> int:
        """Bits of the modulus."""
        return self._public.key_size

    def public_key(self) -> rsa.RSAPublicKey:
        """Its public half."""
        return self._public

    def sign(self, data: Any, padding: Any, algorithm: Any) -> bytes:
        """Sign in the token. Raises ClientError."""
        digest = hashlib.sha256(data).digest()
        return _signed(self._wanted, self._place, SHA256_INFO + digest, "RSA_PKCS")

    def decrypt(self, ciphertext: Any, padding: Any) -> bytes:
        """Raises ClientError."""
        _stays()

    def private_numbers(self) -> rsa.RSAPrivateNumbers:
        """Raises ClientError."""
        _stays()

    def private_bytes(self, encoding: Any, format: Any, encryption_algorithm: Any) -> bytes:  # noqa: A002
        """Raises ClientError."""
        _stays()

    def __copy__(self) -> "TokenRsa":
        return self

    def __deepcopy__(self, memo: object) -> "TokenRsa":
        return self


class TokenEc(ec.EllipticCurvePrivateKey):
    """A key on P-256 that signs by ECDSA and SHA-256."""

    def __init__(self, wanted: KeyWanted, place: Place, public: ec.EllipticCurvePublicKey) -> None:
        self._wanted, self._place, self._public = wanted, place, public

    @property
    def curve(self) -> ec.EllipticCurve:
        """Its curve."""
        return self._public.curve

    @property
    def key_size(self) -> int:
        """Bits of the curve's order."""
        return self._public.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Its public half."""
        return self._public

    def sign(self, data: Any, signature_algorithm: Any) -> bytes:
        """Sign in the token, encoded as X.509 wants it (RFC 3279 §2.2.3). Raises ClientError."""
        digest = hashes.Hash(hashes.SHA256())
        digest.update(data)
        raw = _signed(self._wanted, self._place, digest.finalize(), "ECDSA")
        half = len(raw) // 2
        r, s = (int.from_bytes(part, "big") for part in (raw[:half], raw[half:]))
        return encode_dss_signature(r, s)

    def exchange(self, algorithm: Any, peer_public_key: Any) -> bytes:
        """Raises ClientError."""
        _stays()

    def private_numbers(self) -> ec.EllipticCurvePrivateNumbers:
        """Raises ClientError."""
        _stays()

    def private_bytes(self, encoding: Any, format: Any, encryption_algorithm: Any) -> bytes:  # noqa: A002
        """Raises ClientError."""
        _stays()

    def __copy__(self) -> "TokenEc":
        return self

    def __deepcopy__(self, memo: object) -> "TokenEc":
        return self


def _spki(public: Any, p11: Any) -> bytes:
    if public.key_type is p11.KeyType.RSA:
        from pkcs11.util.rsa import encode_rsa_public_key  # noqa: PLC0415

        pkcs1 = encode_rsa_public_key(public)
        numbers = serialization.load_der_public_key(pkcs1)
        return numbers.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    from pkcs11.util.ec import encode_ec_public_key  # noqa: PLC0415

    return bytes(encode_ec_public_key(public))


@contextmanager
def _session(place: Place, wanted: KeyWanted, *, writes: bool = False) -> Iterator[tuple[Any, Any]]:
    """A session of the token, and the library. A PIN that is refused is tried once a run."""
    try:
        import pkcs11 as p11  # noqa: PLC0415
    except ImportError as error:
        raise ClientError(Exit.CONFIGURATION, Say.NO_PKCS11) from error
    if not Path(place.module).is_file():
        raise ClientError(Exit.CONFIGURATION, Say.NO_MODULE, path=place.module)
    pin = files.secret(wanted.pin_file) if wanted.pin_file else ""
    try:
        token = p11.lib(place.module).get_token(token_label=place.token)
        with token.open(rw=writes, user_pin=pin) as session:
            yield session, p11
    except p11.PKCS11Error as error:
        detail = f"{type(error).__name__} {error}".strip()
        raise ClientError(Exit.FILES, Say.TOKEN_FAILED, token=place.token, error=detail) from error

"""Key pairs as objects of a token: made, found by label, their public half read."""

import secrets
from typing import Any, Final

import pkcs11
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pkcs11 import Attribute, KeyType, MechanismFlag, ObjectClass
from pkcs11.types import Session

from guichet.keystore.algorithms import CURVES, RSA_SIZES
from guichet.keystore.protocol import KeystoreError
from guichet.x509 import der

TokenPublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
ID_OCTETS: Final = 16
CURVE_OIDS: Final = {
    "p-256": der.oid("1.2.840.10045.3.1.7"),
    "p-384": der.oid("1.3.132.0.34"),
    "p-521": der.oid("1.3.132.0.35"),
}
CURVES_BY_OID: Final = {oid: CURVES[name] for name, oid in CURVE_OIDS.items()}
NEVER_LEAVES: Final = {
    Attribute.PRIVATE: True,
    Attribute.SENSITIVE: True,
    Attribute.EXTRACTABLE: False,
}


def labels(session: Session) -> frozenset[str]:
    """Labels of the private keys kept. Raises PKCS11Error."""
    held = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.TOKEN: True}
    return frozenset(found[Attribute.LABEL] for found in session.get_objects(held))


def private_keys(session: Session, label: str) -> tuple[Any, ...]:
    """Private keys under a label: there should be one. Raises PKCS11Error."""
    named = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: label}
    return tuple(session.get_objects(named))


def private_key(session: Session, label: str) -> Any:
    """The one private key under a label. Raises NoSuchKey, KeystoreError."""
    found = private_keys(session, label)
    if not found:
        raise pkcs11.NoSuchKey(label)
    if len(found) > 1:
        raise KeystoreError(
            f"The token holds {len(found)} private keys under the label {label}: rename those that "
            "are not the authority's with the vendor's tool"
        )
    return found[0]


def public_half(session: Session, private: Any) -> TokenPublicKey:
    """The public half of a private key, by the object that shares its label and identifier.

    Raises KeystoreError, PKCS11Error.
    """
    found = next(iter(_halves(session, private)), None)
    if private.key_type is KeyType.RSA:  # private RSA keys tell their modulus as well
        return _rsa_half(found or private)
    if found is not None and private.key_type is KeyType.EC:
        return _ec_half(found)
    raise KeystoreError(
        f"The token holds no RSA or EC public key that goes with {private[Attribute.LABEL]} (same "
        "label and identifier as the private one): put it back with the vendor's tool"
    )


def _halves(session: Session, private: Any) -> tuple[Any, ...]:
    pair = {
        Attribute.CLASS: ObjectClass.PUBLIC_KEY,
        Attribute.LABEL: private[Attribute.LABEL],
        Attribute.ID: private[Attribute.ID],
    }
    return tuple(session.get_objects(pair))


def _rsa_half(found: Any) -> rsa.RSAPublicKey:
    exponent, modulus = (
        int.from_bytes(found[name], "big")
        for name in (Attribute.PUBLIC_EXPONENT, Attribute.MODULUS)
    )
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def _ec_half(found: Any) -> ec.EllipticCurvePublicKey:
    curve = CURVES_BY_OID.get(found[Attribute.EC_PARAMS])
    if curve is None:
        raise KeystoreError("The token holds a key on a curve that is not P-256, P-384 or P-521")
    point: bytes = found[Attribute.EC_POINT]
    if len(point) != 1 + 2 * ((curve.key_size + 7) // 8):  # some tokens leave the wrapping out
        point = der.single(point, der.OCTET_STRING).contents
    return ec.EllipticCurvePublicKey.from_encoded_point(curve, point)


def generate(session: Session, label: str, algorithm: str) -> TokenPublicKey:
    """Make a pair that never leaves. Raises KeystoreError, PKCS11Error.

    Two processes that make the same label at once both give up what they made.
    """
    if private_keys(session, label):
        raise KeystoreError(f"The key {label} exists already: it is never replaced")
    public, private = _generated(session, label, algorithm)
    try:
        private_key(session, label)
        return _kept(session, private)
    except (KeystoreError, pkcs11.PKCS11Error):
        private.destroy()
        public.destroy()
        raise


def _kept(session: Session, private: Any) -> TokenPublicKey:
    if any(private[name] is not value for name, value in NEVER_LEAVES.items()):
        raise KeystoreError(
            "The token makes keys that can leave it: forbid that in its settings, then begin again"
        )
    return public_half(session, private)


def destroy(session: Session, label: str) -> None:
    """Destroy the pair of a label, its private half first. Raises NoSuchKey, KeystoreError."""
    private = private_key(session, label)
    for found in (private, *_halves(session, private)):
        found.destroy()


def _generated(session: Session, label: str, algorithm: str) -> tuple[Any, Any]:
    options: dict[str, Any] = {
        "label": label,
        "id": secrets.token_bytes(ID_OCTETS),
        "store": True,
        "capabilities": MechanismFlag.SIGN | MechanismFlag.VERIFY,
        "private_template": NEVER_LEAVES,
    }
    if size := RSA_SIZES.get(algorithm):
        return session.generate_keypair(KeyType.RSA, size, **options)
    if oid := CURVE_OIDS.get(algorithm):
        named = {Attribute.EC_PARAMS: oid}
        domain = session.create_domain_parameters(KeyType.EC, named, local=True)
        return domain.generate_keypair(**options)
    offered = ", ".join((*RSA_SIZES, *CURVE_OIDS))
    raise KeystoreError(f"Not a key algorithm that tokens make here: {algorithm!r}; {offered}")

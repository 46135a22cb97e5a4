"""Account keys: which ones are taken, by which algorithm they sign, and what they are called."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.utils.translation import gettext as _
from josepy.errors import Error as JoseError
from josepy.json_util import encode_b64jose
from josepy.jwa import JWASignature
from josepy.jwk import JWK, JWKEC, JWKRSA
from josepy.jws import JWS

from guichet.automation.acme.okp import EDDSA, JWKOKP
from guichet.automation.acme.problems import Problem

RSA_BITS: Final = range(2048, 8193)
EXPONENTS: Final = range(65537, 2**32)
PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def read(jwk: Any) -> JWK:
    """The public key of a JWK. Raises Problem: malformed, badPublicKey."""
    if not isinstance(jwk, dict) or PRIVATE & jwk.keys():
        raise Problem("badPublicKey", _("Envoyez la clé publique du compte, elle seule."))
    try:
        found = stored(jwk)
    except (JoseError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise Problem("badPublicKey", _("Cette clé de compte n’est pas lisible.")) from error
    _require_sound(found)
    return found


def stored(jwk: Mapping[str, Any]) -> JWK:
    """A key that was read before. Raises TypeError, or what josepy raises, of what is no key."""
    found = JWK.from_json(dict(jwk))
    if not isinstance(found, JWK):
        raise TypeError("no key")
    return found


def thumbprint(key: JWK) -> str:
    """RFC 7638, SHA-256, base64url: 43 characters."""
    return encode_b64jose(key.thumbprint())


def require_algorithm(name: object) -> JWASignature:
    """The algorithm of a protected header. Raises Problem badSignatureAlgorithm."""
    if not isinstance(name, str) or name not in FITS:
        detail = _("Signez par l’un de ces algorithmes : %(names)s.") % {"names": ", ".join(FITS)}
        raise Problem("badSignatureAlgorithm", detail, members={"algorithms": list(FITS)})
    return JWASignature.from_json(name)


def verifies(message: JWS, key: JWK, algorithm: JWASignature) -> bool:
    """Whether the one signature of a message is the key's, by an algorithm of its kind."""
    if not FITS[algorithm.name](key):
        return False
    try:
        return bool(message.verify(key))
    except (JoseError, ValueError, TypeError, AttributeError):
        return False


def _require_sound(key: JWK) -> None:
    if not any(fits(key) for fits in FITS.values()):
        detail = _("Une clé de compte est P-256, P-384, Ed25519, ou RSA d’au moins 2048 bits.")
        raise Problem("badPublicKey", detail)


def _is_on(curve: type[ec.EllipticCurve]) -> Callable[[JWK], bool]:
    return lambda key: isinstance(key, JWKEC) and isinstance(key.key.curve, curve)


def _is_rsa(key: JWK) -> bool:
    if not isinstance(key, JWKRSA):
        return False
    numbers: rsa.RSAPublicNumbers = key.key.public_numbers()
    is_odd = numbers.e % 2 == 1 and numbers.n % 2 == 1
    return is_odd and numbers.e in EXPONENTS and key.key.key_size in RSA_BITS


FITS: Final[Mapping[str, Callable[[JWK], bool]]] = {
    "ES256": _is_on(ec.SECP256R1),
    "ES384": _is_on(ec.SECP384R1),
    EDDSA.name: lambda key: isinstance(key, JWKOKP),
    "RS256": _is_rsa,
}

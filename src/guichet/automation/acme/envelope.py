"""Signed messages (RFC 8555 §6.2): read, and verified before anything in them is believed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from acme import jws
from django.utils.translation import gettext as _
from josepy.errors import Error as JoseError
from josepy.json_util import decode_b64jose
from josepy.jwa import JWASignature
from josepy.jwk import JWK
from josepy.jws import JWS

from guichet.automation.acme import keys
from guichet.automation.acme.problems import Problem

MEMBERS: Final = frozenset({"protected", "payload", "signature"})
LARGEST: Final = 200_000
UNREADABLE: Final = (
    JoseError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    AssertionError,
    RecursionError,
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as it came: nothing of it is proved yet. `header` is its protected header."""

    message: JWS
    header: Mapping[str, Any]
    algorithm: JWASignature

    @property
    def payload(self) -> bytes:
        """What is signed; empty for a POST-as-GET."""
        return bytes(self.message.payload)

    @property
    def kid(self) -> str | None:
        """The account's address, when it signs by its account."""
        return self.header.get("kid")

    def own_key(self) -> JWK:
        """The key that the message carries. Raises Problem: malformed, badPublicKey."""
        return keys.read(self.header.get("jwk"))

    def verify(self, key: JWK) -> None:
        """Return when the key signed it. Raises Problem: malformed (RFC 8555 §6.2)."""
        if not keys.verifies(self.message, key, self.algorithm):
            raise _malformed(_("La signature de ce message n’est pas celle de cette clé."))

    def content(self) -> Mapping[str, Any]:
        """The payload as a JSON object. Raises Problem malformed."""
        return json_object(self.payload)


def read(octets: bytes) -> Envelope:
    """Read a message in flattened JSON (RFC 7515 §7.2.2). Raises Problem.

    One signature, its whole header protected, one of "jwk" and "kid".
    """
    if len(octets) > LARGEST:
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        raise Problem("malformed", _("Ce message est trop long."), status)
    return of_members(json_object(octets))


def of_members(sent: Any) -> Envelope:
    """As `read`, of a message that lies within another. Raises Problem."""
    try:
        header = _header(sent)
        algorithm = keys.require_algorithm(header.get("alg"))
        if "jwk" in header:
            keys.read(header["jwk"])
        message = jws.JWS.from_json(sent)
    except UNREADABLE as error:
        raise _malformed(_("Ce message n’est pas un JWS lisible.")) from error
    return Envelope(message, header, algorithm)


def mac_of_members(sent: Any, algorithms: Sequence[str]) -> tuple[Mapping[str, Any], JWS]:
    """A message sealed by a MAC (RFC 8555 §7.3.4), unproved: header and message.

    Raises Problem: malformed, badSignatureAlgorithm.
    """
    try:
        header = _header(sent)
        if header.get("alg") not in algorithms or "kid" not in header:
            raise Problem(
                "badSignatureAlgorithm",
                _("Une liaison EAB est scellée par l’un de ces algorithmes : %(names)s.")
                % {"names": ", ".join(algorithms)},
                members={"algorithms": list(algorithms)},
            )
        return header, jws.JWS.from_json(sent)
    except UNREADABLE as error:
        raise _malformed(_("La liaison EAB n’est pas un JWS lisible.")) from error


def json_object(octets: bytes) -> Mapping[str, Any]:
    """A JSON object, no name twice, its members' texts of Unicode. Raises Problem malformed."""
    try:
        found = json.loads(octets, object_pairs_hook=_distinct)
    except (ValueError, RecursionError) as error:
        raise _malformed(_("Ce message n’est pas du JSON lisible.")) from error
    if not isinstance(found, dict):
        raise _malformed(_("Ce message n’est pas un objet JSON."))
    return found


def _header(sent: Any) -> Mapping[str, Any]:
    """The protected header: the only one that there is."""
    if not isinstance(sent, dict) or sent.keys() != MEMBERS:
        raise _malformed(_("Un message a trois membres : protected, payload, signature."))
    header = json_object(decode_b64jose(sent["protected"]))
    names = {name for name in ("jwk", "kid") if name in header}
    if len(names) != 1 or not isinstance(header.get("kid", ""), str):
        raise _malformed(_("L’en-tête nomme soit la clé (jwk), soit le compte (kid)."))
    return header


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    for text in (*found, *found.values()):
        if isinstance(text, str):
            text.encode()  # JSON may escape half a character (RFC 8259 §8.2), which nobody can keep
    return found


def _malformed(detail: str) -> Problem:
    return Problem("malformed", detail)

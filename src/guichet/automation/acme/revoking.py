"""Revocation (RFC 8555 §7.6): by the account that may, or by the certificate's own key."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import translation
from django.utils.translation import gettext as _
from josepy.errors import DeserializationError
from josepy.json_util import decode_b64jose
from josepy.jwk import JWK

from guichet.authority import queries as authority
from guichet.authority.queries import IssuedCertificate
from guichet.automation.acme import certificates
from guichet.automation.acme.problems import Problem
from guichet.automation.acme.receiving import Asked, Signed, unknown
from guichet.domain.machines import Verb
from guichet.domain.orders.revocation import MOTIVES_OF, RevocationMotive
from guichet.orders import operations as orders
from guichet.x509 import certificate
from guichet.x509.crl import Reason
from guichet.x509.errors import Unreadable

# RFC 5280 §5.3.1: those that somebody other than the authority may give.
REASONS: Final[Mapping[int, Reason]] = {
    0: Reason.UNSPECIFIED,
    1: Reason.KEY_COMPROMISE,
    3: Reason.AFFILIATION_CHANGED,
    4: Reason.SUPERSEDED,
    5: Reason.CESSATION_OF_OPERATION,
}


def revoke(signed: Signed, sent: Mapping[str, Any]) -> None:
    """Revoke the certificate that a message names.

    Raises Problem: malformed, badRevocationReason, unauthorized; Refusal: PRODUCT_UNKNOWN,
    VERB_MISSING, RIGHT_MISSING, ALREADY_REVOKED, MOVE_FORBIDDEN.
    """
    issued = _named(sent.get("certificate"))
    reason = _reason(sent.get("reason", 0))
    if isinstance(signed, Asked):
        _by_account(signed, issued, reason)
    else:
        _by_key(signed.key, issued, reason, signed.at)


def _by_account(asked: Asked, issued: IssuedCertificate, reason: Reason) -> None:
    product = certificates.product_of(issued, asked.actor, asked.at)
    asked.require(Verb.REVOKE)
    orders.revoke(
        product_number=product.number,
        by=asked.actor,
        code=None,
        motive=MOTIVES_OF.get(reason, RevocationMotive.CESSATION),
        at=asked.at,
    )


def _by_key(key: JWK, issued: IssuedCertificate, reason: Reason, at: datetime) -> None:
    """Whoever holds the key of a certificate is its master, or knows too much: both may."""
    spki = key.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if certificate.spki_der(issued.der) != spki:
        detail = _("Ce message n’est pas signé par la clé de ce certificat.")
        raise Problem("unauthorized", detail, HTTPStatus.FORBIDDEN)
    orders.revoke_certificate(
        certificate_id=issued.id,
        reason=reason,
        by=f"certificate-key:{issued.serial_hex}",
        at=at,
        label=_holder_of_key,
    )


def _holder_of_key(language: str) -> str:
    with translation.override(language):
        return _("le détenteur de la clé privée")


def _named(sent: Any) -> IssuedCertificate:
    """The certificate sent, octet for octet as it was issued here. Raises Problem."""
    if not isinstance(sent, str):
        raise Problem("malformed", _("« certificate » est un certificat, DER en base64url."))
    try:
        der = decode_b64jose(sent)
        serial = certificate.load(der).serial_number
    except (DeserializationError, Unreadable, ValueError) as error:
        raise Problem("malformed", _("Ce certificat n’est pas lisible.")) from error
    found = authority.find_certificate(certificate.serial_hex(serial))
    if found is None or found.der != der:
        raise unknown()
    return found


def _reason(sent: Any) -> Reason:
    if type(sent) is not int or sent not in REASONS:
        raise Problem("badRevocationReason", _("Donnez le motif 0, 1, 3, 4 ou 5 de la RFC 5280."))
    return REASONS[sent]

"""What the answer to a challenge must be (RFC 8555 §8.3 and §8.4; RFC 8737 §3 for tls-alpn-01)."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from guichet.domain.acme.flaws import Cause, Flaw, flaw
from guichet.domain.texts import visible
from guichet.x509 import certificate as certificates
from guichet.x509 import der
from guichet.x509.errors import LIBRARY_REFUSALS, Unreadable

WELL_KNOWN: Final = "/.well-known/acme-challenge/"
ALPN: Final = "acme-tls/1"
ACME_IDENTIFIER: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.31")


def record_name(name: str) -> str:
    """Where the TXT record of dns-01 is published."""
    return f"_acme-challenge.{name}"


def record_value(key_authorization: str) -> str:
    """What it says: base64url of the SHA-256, without padding."""
    return urlsafe_b64encode(_digest(key_authorization)).rstrip(b"=").decode()


def judge_body(name: str, body: bytes, key_authorization: str) -> Flaw | None:
    """Whether a file is the key authorization; blanks at its end are left out (§8.3)."""
    found = body.rstrip(b" \t\r\n")
    if hmac.compare_digest(found, key_authorization.encode()):
        return None
    return flaw(Cause.BODY, name=name, found=visible(found.decode("utf-8", "replace"), 60))


def judge_records(name: str, records: Iterable[str], key_authorization: str) -> Flaw | None:
    """Whether one of the TXT records is the one that dns-01 wants."""
    found, wanted = tuple(records), record_value(key_authorization)
    if wanted in found:
        return None
    if not found:
        return flaw(Cause.RECORD_MISSING, record=record_name(name))
    return flaw(Cause.RECORD_DIFFERENT, record=record_name(name), found=visible(found[0], 60))


def judge_certificate(name: str, certificate_der: bytes, key_authorization: str) -> Flaw | None:
    """Whether a certificate is the one that tls-alpn-01 wants (RFC 8737 §3)."""
    try:
        found = certificates.load(certificate_der)
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        identifier = found.extensions.get_extension_for_oid(ACME_IDENTIFIER)
    except x509.ExtensionNotFound as error:
        is_ours = error.oid == ACME_IDENTIFIER
        cause = Cause.CERTIFICATE_IDENTIFIER if is_ours else Cause.CERTIFICATE_NAMES
        return flaw(cause, name=name)
    except (Unreadable, *LIBRARY_REFUSALS):
        return flaw(Cause.CERTIFICATE_UNREADABLE, name=name)
    if [_dns_name(one) for one in names] != [name]:
        return flaw(Cause.CERTIFICATE_NAMES, name=name)
    wanted = der.tlv(der.OCTET_STRING, _digest(key_authorization))
    value = identifier.value
    carried = value.value if isinstance(value, x509.UnrecognizedExtension) else b""
    if not identifier.critical or not hmac.compare_digest(carried, wanted):
        return flaw(Cause.CERTIFICATE_IDENTIFIER, name=name)
    return None if _signs_itself(found) else flaw(Cause.CERTIFICATE_SIGNED_BY_ANOTHER, name=name)


def _dns_name(one: x509.GeneralName) -> str:
    """A dNSName in lower case; nothing for a name of another type, which is one too many."""
    return one.value.lower() if isinstance(one, x509.DNSName) else ""


def _signs_itself(found: x509.Certificate) -> bool:
    try:
        found.verify_directly_issued_by(found)
    except (InvalidSignature, TypeError, *LIBRARY_REFUSALS):
        return False
    return True


def _digest(key_authorization: str) -> bytes:
    return hashlib.sha256(key_authorization.encode()).digest()

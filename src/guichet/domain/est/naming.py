"""What a request tells of whom the certificate is to designate; the registers tell the rest."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from guichet.domain.addresses import Fqdn
from guichet.domain.est.labels import Label
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import visible
from guichet.x509 import identity, names
from guichet.x509.errors import Unreadable
from guichet.x509.identity import Identity

CHALLENGE_PASSWORD: Final = "1.2.840.113549.1.9.7"  # noqa: S105 an OID
CHANGE_SUBJECT_NAME: Final = "1.3.6.1.5.5.7.7.36"  # RFC 6402 §2.8
FIELDS: Final[Mapping[str, str]] = {"service": "service", "server": "fqdn", "mailbox": "mail"}


def read(request_der: bytes) -> Identity:
    """Whom a request names, when it holds nothing that must be checked, or done, and cannot be.

    Raises Refusal: EST_CHALLENGE_PASSWORD (what binds a request to its TLS connection, RFC 7030
    §3.5), EST_SUBJECT_DIFFERS (another subject is asked, §4.2.2), CSR_UNREADABLE.
    """
    try:
        found, told = identity.attributes_of(request_der), identity.of_request(request_der)
    except (Unreadable, IndexError) as error:
        raise Refusal(Code.CSR_UNREADABLE) from error
    if CHALLENGE_PASSWORD in found:
        raise Refusal(Code.EST_CHALLENGE_PASSWORD)
    if CHANGE_SUBJECT_NAME in found:
        raise Refusal(Code.EST_SUBJECT_DIFFERS, field="ChangeSubjectName")
    return told


def fields(label: Label, told: Identity, services: Collection[str]) -> Mapping[str, str]:
    """The field of an order that names its subject, as somebody would have typed it.

    The label comes first, then the request, then the only service of the account (`services`).
    Raises Refusal: EST_NAME_MISSING, EST_NAMES_SEVERAL.
    """
    kind = label.profile.subject_kind
    if label.name:
        return {FIELDS[kind]: label.name}
    found = _told(kind, told)
    if not found and kind == "service" and len(services) == 1:
        found = tuple(services)
    if not found:
        raise Refusal(Code.EST_NAME_MISSING, label=label.text)
    if len(found) > 1:
        raise Refusal(Code.EST_NAMES_SEVERAL, names=visible(", ".join(found))[:200])
    return {FIELDS[kind]: found[0]}


def require_same(told: Identity, renewed: Identity) -> None:
    """Return when a request names what the certificate that it renews does (RFC 7030 §4.2.2).

    Raises Refusal(EST_SUBJECT_DIFFERS).
    """
    if not told.has_subject_of(renewed):
        raise Refusal(Code.EST_SUBJECT_DIFFERS, field="subject")
    if not told.has_alternatives_of(renewed):
        raise Refusal(Code.EST_SUBJECT_DIFFERS, field="subjectAltName")


def _told(kind: str, told: Identity) -> tuple[str, ...]:
    common = tuple(filter(None, map(str.strip, told.common_names())))
    if kind == "service":
        return tuple(dict.fromkeys(common))
    if kind == "server":
        others, looks_alike = told.servers, _is_server
    else:
        written = names.values(told.subject, names.EMAIL_ADDRESS)
        others, looks_alike = told.mails | {mail.lower() for mail in written}, _is_mail
    return _distinct(sorted(others), [name for name in common if not others or looks_alike(name)])


def _distinct(*several: Iterable[str]) -> tuple[str, ...]:
    return tuple({name.lower(): name for found in several for name in found}.values())


def _is_server(text: str) -> bool:
    try:
        Fqdn.parse(text)
    except Refusal:
        return False
    return True


def _is_mail(text: str) -> bool:
    return "@" in text

"""What a request or a certificate says of whom it designates: its subject and other names."""

from dataclasses import dataclass
from typing import Final

from cryptography import x509

from guichet.x509 import certificate, der, names
from guichet.x509.errors import LIBRARY_REFUSALS, Unreadable

ATTRIBUTES: Final = der.context(0)


@dataclass(frozen=True, slots=True)
class Identity:
    """A subject and the names of a subjectAltName, empty when there is none (RFC 5280 4.2.1.6).

    `others` holds the alternative names that are neither of servers nor of mailboxes, as text.
    """

    subject: names.Name
    servers: frozenset[str] = frozenset()
    mails: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    def common_names(self) -> tuple[str, ...]:
        """The common names of the subject, in encoding order."""
        return names.values(self.subject, names.COMMON_NAME)

    def has_subject_of(self, other: "Identity") -> bool:
        """Whether both subjects are one: the encoding of a text does not count (RFC 5280 7.1)."""
        return _comparable(self.subject) == _comparable(other.subject)

    def has_alternatives_of(self, other: "Identity") -> bool:
        """Whether both bear the same alternative names, in any order."""
        return (self.servers, self.mails, self.others) == (other.servers, other.mails, other.others)


def of_request(request_der: bytes) -> Identity:
    """Read it of a certificate request, DER. Raises Unreadable("not-a-csr")."""
    try:
        request = x509.load_der_x509_csr(request_der)
        return _identity(request.subject, request.extensions)
    except LIBRARY_REFUSALS as error:
        raise Unreadable("not-a-csr") from error


def of_certificate(certificate_der: bytes) -> Identity:
    """Read it of a certificate, DER. Raises Unreadable."""
    found = certificate.load(certificate_der)
    try:
        return _identity(found.subject, found.extensions)
    except LIBRARY_REFUSALS as error:
        raise Unreadable("certificate") from error


def attributes_of(request_der: bytes) -> frozenset[str]:
    """The types of the attributes of a request, OIDs in dots (RFC 2986 4.1). Raises Unreadable."""
    parts = der.single(request_der).children()[0].children()
    sets = (part.children() for part in parts if part.tag == ATTRIBUTES)
    return frozenset(found.children()[0].dotted() for attributes in sets for found in attributes)


def _identity(subject: x509.Name, extensions: x509.Extensions) -> Identity:
    try:
        told = list(extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        told = []
    return Identity(
        subject=names.name_of(subject),
        servers=frozenset(name.value.lower() for name in told if isinstance(name, x509.DNSName)),
        mails=frozenset(name.value.lower() for name in told if isinstance(name, x509.RFC822Name)),
        others=frozenset(
            repr(name) for name in told if not isinstance(name, x509.DNSName | x509.RFC822Name)
        ),
    )


def _comparable(name: names.Name) -> tuple[frozenset[tuple[str, str]], ...]:
    return tuple(
        frozenset((oid, " ".join(text.split()).casefold()) for oid, text in r) for r in name
    )

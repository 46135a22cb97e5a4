"""How ACME names a certificate: its issuer's key identifier and its serial (RFC 9773 §4.1)."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Final, Self

from cryptography import x509

from guichet.x509 import certificate as certificates

SHAPE: Final = re.compile(r"([A-Za-z0-9_-]{1,86})\.([A-Za-z0-9_-]{1,28})", re.ASCII)


@dataclass(frozen=True, slots=True)
class CertId:
    """One certificate; `key_id` is the keyIdentifier of its authorityKeyIdentifier."""

    key_id: bytes
    serial: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read one; None when it is none. Only the one way of writing each is read."""
        shape = SHAPE.fullmatch(text)
        if shape is None:
            return None
        try:
            key_id, serial = map(_decoded, shape.groups())
        except ValueError:
            return None
        found = cls(key_id, int.from_bytes(serial, "big", signed=True))
        return found if found.serial > 0 and str(found) == text else None

    @classmethod
    def of(cls, certificate_der: bytes) -> Self:
        """That of a certificate that names its issuer's key. Raises x509.errors.Unreadable.

        Raises x509.ExtensionNotFound and ValueError for a certificate that does not.
        """
        found = certificates.load(certificate_der)
        extension = found.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
        if extension.value.key_identifier is None:
            raise ValueError("the certificate does not name its issuer's key")
        return cls(extension.value.key_identifier, found.serial_number)

    def __str__(self) -> str:
        octets = self.serial.to_bytes(self.serial.bit_length() // 8 + 1, "big")
        return f"{_encoded(self.key_id)}.{_encoded(octets)}"


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()

"""A certificate as a person reads it: every field, every extension, in lines."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from guichet.x509 import certificate, keys, names
from guichet.x509.errors import LIBRARY_REFUSALS, Unreadable

CARD_NUMBER: Final = "1.2.250.1.71.1.2.2"
CARD_KIND: Final = "1.2.250.1.71.1.2.3"
CERTIFICATE_KIND: Final = "1.2.250.1.71.1.2.5"
PROFESSION: Final = "1.2.250.1.71.1.2.7"

_EXTENSION_NAMES: Final[Mapping[str, str]] = {
    ExtensionOID.BASIC_CONSTRAINTS.dotted_string: "basicConstraints",
    ExtensionOID.KEY_USAGE.dotted_string: "keyUsage",
    ExtensionOID.EXTENDED_KEY_USAGE.dotted_string: "extendedKeyUsage",
    ExtensionOID.SUBJECT_KEY_IDENTIFIER.dotted_string: "subjectKeyIdentifier",
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER.dotted_string: "authorityKeyIdentifier",
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME.dotted_string: "subjectAltName",
    ExtensionOID.CERTIFICATE_POLICIES.dotted_string: "certificatePolicies",
    ExtensionOID.CRL_DISTRIBUTION_POINTS.dotted_string: "cRLDistributionPoints",
    ExtensionOID.FRESHEST_CRL.dotted_string: "freshestCRL",
    ExtensionOID.AUTHORITY_INFORMATION_ACCESS.dotted_string: "authorityInfoAccess",
    ExtensionOID.PRIVATE_KEY_USAGE_PERIOD.dotted_string: "privateKeyUsagePeriod",
    ExtensionOID.OCSP_NO_CHECK.dotted_string: "id-pkix-ocsp-nocheck",
    CARD_NUMBER: "cardNumber",
    CARD_KIND: "cardKind",
    CERTIFICATE_KIND: "certificateKind",
    PROFESSION: "professionCode",
}
_USAGE_NAMES: Final[Mapping[str, str]] = {
    ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string: "clientAuth",
    ExtendedKeyUsageOID.SERVER_AUTH.dotted_string: "serverAuth",
    ExtendedKeyUsageOID.EMAIL_PROTECTION.dotted_string: "emailProtection",
    ExtendedKeyUsageOID.OCSP_SIGNING.dotted_string: "OCSPSigning",
    "1.3.6.1.5.5.7.3.36": "documentSigning",  # RFC 9336, which the library does not name
}
# RFC 5280 §4.2.1.3; `content_commitment` is the later name of nonRepudiation.
_KEY_USAGES: Final = (
    ("digital_signature", "digitalSignature"),
    ("content_commitment", "nonRepudiation"),
    ("key_encipherment", "keyEncipherment"),
    ("data_encipherment", "dataEncipherment"),
    ("key_agreement", "keyAgreement"),
    ("key_cert_sign", "keyCertSign"),
    ("crl_sign", "cRLSign"),
)


@dataclass(frozen=True, slots=True)
class DescribedExtension:
    """One extension: dotted OID, usual name, criticality and its value in lines."""

    oid: str
    name: str
    critical: bool
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """Everything a certificate says; instants are aware UTC."""

    version: int
    serial: int
    serial_hex: str
    subject: names.Name
    issuer: names.Name
    not_before: datetime
    not_after: datetime
    key: keys.KeyFacts
    signature_algorithm: str
    sha1: str
    sha256: str
    extensions: tuple[DescribedExtension, ...]
    is_ca: bool
    key_usage: frozenset[str]
    extended_key_usage: tuple[str, ...]
    policy_oids: tuple[str, ...]
    dns_names: tuple[str, ...]
    emails: tuple[str, ...]
    private: Mapping[str, str]

    @property
    def subject_text(self) -> str:
        """The subject as the deck's e-mails print it."""
        return names.display(self.subject)

    @property
    def issuer_text(self) -> str:
        """The issuer as the deck's e-mails print it."""
        return names.display(self.issuer)

    def lines(self, name: str) -> tuple[str, ...]:
        """The lines of one extension by its usual name; none when it is absent."""
        return next((e.lines for e in self.extensions if e.name == name), ())

    @property
    def key_text(self) -> str:
        """'RSA-2048', 'EC P-256', 'Ed25519', 'ML-DSA-65'."""
        if self.key.kind in keys.PURE:
            return self.key.kind.upper().replace("ED", "Ed")
        size = self.key.curve if self.key.curve else str(self.key.bits)
        return f"{self.key.kind.upper()}{' ' if self.key.curve else '-'}{size}"


def describe(der: bytes) -> Description:
    """Decode a certificate, DER. Raises Unreadable."""
    try:
        loaded = x509.load_der_x509_certificate(der)
        extensions = tuple(loaded.extensions)
        subject, issuer = names.name_of(loaded.subject), names.name_of(loaded.issuer)
        key = keys.facts_of_spki(certificate.spki_der(der))
    except (*LIBRARY_REFUSALS, Unreadable) as error:
        raise Unreadable("not-a-certificate") from error
    values = {e.oid.dotted_string: e.value for e in extensions}
    constraints = values.get(ExtensionOID.BASIC_CONSTRAINTS.dotted_string)
    alternative = values.get(ExtensionOID.SUBJECT_ALTERNATIVE_NAME.dotted_string)
    return Description(
        version=loaded.version.value + 1,
        serial=loaded.serial_number,
        serial_hex=certificate.serial_hex(loaded.serial_number),
        subject=subject,
        issuer=issuer,
        not_before=loaded.not_valid_before_utc,
        not_after=loaded.not_valid_after_utc,
        key=key,
        signature_algorithm=_signature_algorithm(loaded),
        sha1=_colons(hashlib.sha1(der, usedforsecurity=False).hexdigest()),
        sha256=_colons(hashlib.sha256(der).hexdigest()),
        extensions=tuple(_described(e) for e in extensions),
        is_ca=isinstance(constraints, x509.BasicConstraints) and constraints.ca,
        key_usage=_key_usage(values.get(ExtensionOID.KEY_USAGE.dotted_string)),
        extended_key_usage=_oids(values.get(ExtensionOID.EXTENDED_KEY_USAGE.dotted_string)),
        policy_oids=_policies(values.get(ExtensionOID.CERTIFICATE_POLICIES.dotted_string)),
        dns_names=_general_names(alternative, x509.DNSName),
        emails=_general_names(alternative, x509.RFC822Name),
        private=_private(values),
    )


def _signature_algorithm(loaded: x509.Certificate) -> str:
    oid = loaded.signature_algorithm_oid
    known = oid._name != "Unknown OID"  # noqa: SLF001 the library has no public name
    return oid._name if known else oid.dotted_string  # noqa: SLF001


def _colons(digits: str) -> str:
    return ":".join(digits[i : i + 2] for i in range(0, len(digits), 2)).upper()


def _key_usage(value: x509.ExtensionType | None) -> frozenset[str]:
    if not isinstance(value, x509.KeyUsage):
        return frozenset()
    return frozenset(said for attribute, said in _KEY_USAGES if getattr(value, attribute))


def _oids(value: x509.ExtensionType | None) -> tuple[str, ...]:
    if not isinstance(value, x509.ExtendedKeyUsage):
        return ()
    return tuple(oid.dotted_string for oid in value)


def _policies(value: x509.ExtensionType | None) -> tuple[str, ...]:
    if not isinstance(value, x509.CertificatePolicies):
        return ()
    return tuple(policy.policy_identifier.dotted_string for policy in value)


def _general_names(value: x509.ExtensionType | None, kind: type[Any]) -> tuple[str, ...]:
    if not isinstance(value, x509.SubjectAlternativeName):
        return ()
    return tuple(str(found) for found in value.get_values_for_type(kind))


def _private(values: Mapping[str, x509.ExtensionType]) -> Mapping[str, str]:
    return {
        _EXTENSION_NAMES[oid]: _private_text(value.value)
        for oid, value in values.items()
        if oid in _EXTENSION_NAMES and isinstance(value, x509.UnrecognizedExtension)
    }


def _private_text(der: bytes) -> str:
    """A short-form DER string: text where it is printable, hexadecimal otherwise."""
    content = der[2:] if len(der) >= 2 and der[1] == len(der) - 2 else der
    text = content.decode("utf-8", "replace")
    return text if text.isprintable() and "\ufffd" not in text else content.hex().upper()


def _described(extension: x509.Extension[x509.ExtensionType]) -> DescribedExtension:
    oid = extension.oid.dotted_string
    describe_value = _LINES.get(type(extension.value), _plain_lines)
    return DescribedExtension(
        oid, _EXTENSION_NAMES.get(oid, oid), extension.critical, describe_value(extension.value)
    )


def _plain_lines(value: Any) -> tuple[str, ...]:
    return (value.public_bytes().hex().upper(),)


def _points(value: Any) -> tuple[str, ...]:
    return tuple(str(name.value) for point in value for name in point.full_name or ())


def _access_lines(value: Any) -> tuple[str, ...]:
    return tuple(f"{d.access_method._name}: {d.access_location.value}" for d in value)  # noqa: SLF001


def _constraint_lines(value: Any) -> tuple[str, ...]:
    length = "" if value.path_length is None else f", pathLen:{value.path_length}"
    return (f"CA:{str(value.ca).upper()}{length}",)


def _period_lines(value: Any) -> tuple[str, ...]:
    """GeneralizedTime is UTC (RFC 5280 4.1.2.5.2); the library does not say so."""
    return tuple(
        f"{label}: {instant.replace(tzinfo=UTC).isoformat()}"
        for label, instant in (("notBefore", value.not_before), ("notAfter", value.not_after))
        if instant
    )


_LINES: Final[Mapping[type, Callable[[Any], tuple[str, ...]]]] = {
    x509.BasicConstraints: _constraint_lines,
    x509.KeyUsage: lambda value: tuple(s for a, s in _KEY_USAGES if getattr(value, a)),
    x509.ExtendedKeyUsage: lambda value: tuple(_USAGE_NAMES.get(o, o) for o in _oids(value)),
    x509.SubjectKeyIdentifier: lambda value: (_colons(value.digest.hex()),),
    x509.AuthorityKeyIdentifier: lambda value: (_colons((value.key_identifier or b"").hex()),),
    x509.SubjectAlternativeName: lambda value: tuple(
        f"{'DNS' if isinstance(n, x509.DNSName) else 'e-mail'}: {n.value}" for n in value
    ),
    x509.CertificatePolicies: _policies,
    x509.CRLDistributionPoints: _points,
    x509.FreshestCRL: _points,
    x509.AuthorityInformationAccess: _access_lines,
    x509.PrivateKeyUsagePeriod: _period_lines,
    x509.OCSPNoCheck: lambda _value: ("",),
    x509.UnrecognizedExtension: lambda value: (_private_text(value.value),),
}

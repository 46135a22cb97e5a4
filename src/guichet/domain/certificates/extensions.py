"""The extensions a profile puts in a certificate, each by its own clause of RFC 5280 4.2."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID

from guichet.domain.catalogue.profiles import Profile
from guichet.domain.certificates.naming import (
    CARD_NUMBER,
    CARD_TYPE,
    DNS,
    EMAIL,
    PROFESSION,
    Sans,
)
from guichet.x509 import der, keys
from guichet.x509.certificate import Extension

PARTICULAR_OIDS: Final = {
    CARD_NUMBER: "1.2.250.1.71.1.2.2",
    CARD_TYPE: "1.2.250.1.71.1.2.3",
    PROFESSION: "1.2.250.1.71.1.2.7",
}
KEY_IDENTIFIER: Final = ExtensionOID.SUBJECT_KEY_IDENTIFIER.dotted_string
WHOLE: Final = 0  # no shard: the list of everything that an authority issued
PRINTABLE: Final = re.compile(r"[A-Za-z0-9 '()+,./:=?-]*", re.ASCII)  # X.680 41.4
_NO_USAGE: Final = dict.fromkeys(
    (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)
GENERAL_NAMES: Final[dict[str, Callable[[str], x509.GeneralName]]] = {
    DNS: x509.DNSName,
    EMAIL: x509.RFC822Name,
}


def list_name(code: str, shard: int = WHOLE, *, is_delta: bool = False) -> str:
    """Name of a published list: ACI-EL-ORG-TEST, its delta …-delta, its shards …-1, …-1-delta."""
    scope = code if shard == WHOLE else f"{code}-{shard}"
    return f"{scope}-delta" if is_delta else scope


@dataclass(frozen=True, slots=True)
class PkiUrls:
    """Addresses written in certificates, under one base without a final slash."""

    base: str

    @property
    def ocsp(self) -> str:
        """Where OCSP answers."""
        return f"{self.base}/ocsp"

    def crl(self, code: str, shard: int = WHOLE) -> str:
        """Where the full CRL of an authority is, or that of one shard of it."""
        return f"{self.base}/crl/{list_name(code, shard)}.crl"

    def delta_crl(self, code: str, shard: int = WHOLE) -> str:
        """Where its delta CRL is."""
        return f"{self.base}/crl/{list_name(code, shard, is_delta=True)}.crl"

    def issuer(self, code: str) -> str:
        """Where its certificate is."""
        return f"{self.base}/ac/{code}.cer"


def _of(value: x509.ExtensionType, *, critical: bool = False) -> Extension:
    return Extension(value.oid.dotted_string, critical, value.public_bytes())


def subject_key_identifier(spki: bytes) -> Extension:
    """SHA-1 of the key bits, an identifier (4.2.1.2)."""
    return Extension(KEY_IDENTIFIER, critical=False, der=der.octets(keys.key_identifier(spki)))


def usage_of(bits: Iterable[str]) -> x509.KeyUsage:
    """A key usage of these bits alone (4.2.1.3). Raises TypeError for an unknown bit."""
    return x509.KeyUsage(**_NO_USAGE | dict.fromkeys(bits, True))


def key_usage(bits: frozenset[str]) -> Extension:
    """Critical, as conforming authorities do (4.2.1.3). Raises TypeError for an unknown bit."""
    return _of(usage_of(bits), critical=True)


def end_entity() -> Extension:
    """Empty basicConstraints, not critical, as the sector's certificates have (4.2.1.9)."""
    return _of(x509.BasicConstraints(ca=False, path_length=None))


def extended_key_usage(profile: Profile) -> Iterator[Extension]:
    """What the key is for, not critical (4.2.1.12)."""
    if profile.extended_key_usage:
        yield _of(x509.ExtendedKeyUsage(map(x509.ObjectIdentifier, profile.extended_key_usage)))


def policies(oids: tuple[str, ...]) -> Iterator[Extension]:
    """Certificate policies by identifier alone, no qualifier (4.2.1.4)."""
    if oids:
        found = (x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in oids)
        yield _of(x509.CertificatePolicies(found))


def alternative_names(profile: Profile, sans: Sans) -> Iterator[Extension]:
    """Names beside the subject, in order (4.2.1.6). Raises ValueError when they do not fit."""
    kinds = {kind for kind, _ in sans if kind in GENERAL_NAMES}
    wanted = {"dns": {DNS}, "email": {EMAIL}}.get(profile.san, set())
    allowed = kinds <= {EMAIL} if profile.san == "email-optional" else kinds == wanted
    if not allowed:
        raise ValueError(f"{profile.code} wants {profile.san} names, not {sorted(kinds)}")
    if kinds:
        general = (GENERAL_NAMES[kind](value) for kind, value in sans if kind in GENERAL_NAMES)
        yield _of(x509.SubjectAlternativeName(general))


def private_key_usage(begins: datetime, ends: datetime | None) -> Iterator[Extension]:
    """How long a signing key signs (X.509 9.2.2.5; out of RFC 5280, kept by the sector)."""
    if ends is not None:
        yield _of(x509.PrivateKeyUsagePeriod(begins.astimezone(UTC), ends.astimezone(UTC)))


def distribution(
    profile: Profile, code: str, urls: PkiUrls, shard: int = WHOLE
) -> Iterator[Extension]:
    """Where status and issuer are found: only addresses that answer (4.2.1.13, .15, 4.2.2.1).

    `shard` says which of the authority's lists will tell of this certificate.
    """
    if profile.crl:
        yield _of(x509.CRLDistributionPoints([_point(urls.crl(code, shard))]))
    if profile.crl and profile.freshest_crl:
        yield _of(x509.FreshestCRL([_point(urls.delta_crl(code, shard))]))
    if profile.authority_information:
        yield _of(_access(urls.issuer(code), urls.ocsp))
    if profile.ocsp_nocheck:
        yield Extension(ExtensionOID.OCSP_NO_CHECK.dotted_string, False, der.tlv(der.NULL))


def ca_distribution(code: str, urls: PkiUrls, *, has_responder: bool = True) -> Iterator[Extension]:
    """Where the status of an authority, and its issuer of this code, are found.

    An issuer that is offline has no responder: its list alone tells the status.
    """
    yield _of(x509.CRLDistributionPoints([_point(urls.crl(code))]))
    yield _of(_access(urls.issuer(code), urls.ocsp if has_responder else None))


def authority(path_len: int) -> Iterator[Extension]:
    """An authority signs certificates and CRLs, so many levels down (4.2.1.3, 4.2.1.9)."""
    yield _of(x509.BasicConstraints(ca=True, path_length=path_len), critical=True)
    yield key_usage(frozenset({"key_cert_sign", "crl_sign"}))


def _point(url: str) -> x509.DistributionPoint:
    address = x509.UniformResourceIdentifier(url)
    return x509.DistributionPoint([address], relative_name=None, reasons=None, crl_issuer=None)


def _access(issuer: str, ocsp: str | None) -> x509.AuthorityInformationAccess:
    found = (
        (AuthorityInformationAccessOID.OCSP, ocsp),
        (AuthorityInformationAccessOID.CA_ISSUERS, issuer),
    )
    return x509.AuthorityInformationAccess(
        x509.AccessDescription(method, x509.UniformResourceIdentifier(url))
        for method, url in found
        if url is not None
    )


def particulars(profile: Profile, sans: Sans) -> Iterator[Extension]:
    """The sector's private extensions: those of the profile, then those of the card."""
    for oid, encoded in profile.private_extensions:
        yield Extension(oid, critical=False, der=bytes.fromhex(encoded))
    for kind, value in sans:
        if kind in PARTICULAR_OIDS:
            yield Extension(PARTICULAR_OIDS[kind], critical=False, der=_string(value))


def _string(value: str) -> bytes:
    tag = der.PRINTABLE_STRING if PRINTABLE.fullmatch(value) else der.UTF8_STRING
    return der.tlv(tag, value.encode())

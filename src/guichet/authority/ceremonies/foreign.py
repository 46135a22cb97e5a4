"""Certificates of authorities that come by file: read, and judged before they are installed."""

import re
from collections.abc import Iterator
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from guichet.authority.ceremonies.acts import Ceremony, CeremonyError
from guichet.domain.catalogue.authorities import AuthoritySpec
from guichet.x509 import certificate, lints, names
from guichet.x509.errors import LIBRARY_REFUSALS, Unreadable

LARGEST: Final = 1 << 20
PEM: Final = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
UNDERSTOOD: Final = frozenset({x509.BasicConstraints.oid, x509.KeyUsage.oid})


def read(data: bytes) -> tuple[bytes, ...]:
    """The certificates of a file, DER, in order: PEM with any text around, or one in DER.

    Raises CeremonyError.
    """
    if len(data) > LARGEST:
        raise CeremonyError("the file is too large to hold certificates of authorities")
    try:
        if found := PEM.findall(data):
            loaded = [x509.load_pem_x509_certificate(block) for block in found]
            return tuple(one.public_bytes(Encoding.DER) for one in loaded)
        certificate.load(data)
    except (*LIBRARY_REFUSALS, Unreadable) as error:
        raise CeremonyError("no certificate can be read in the file (PEM or DER)") from error
    return (data,)


def require_fit(
    ceremony: Ceremony, spec: AuthoritySpec, der: bytes, issuer_der: bytes | None
) -> None:
    """The certificate is what this authority's should be; `issuer_der` is None for a root.

    Raises CeremonyError, with everything that is wrong.
    """
    issuer = issuer_der or der
    wrong = [
        *_wrongs(ceremony, spec, certificate.load(der)),
        *_path(certificate.load(der), certificate.load(issuer)),
    ]
    if not certificate.is_signed_by(der, issuer):
        wrong.append("its signature does not verify under its issuer's certificate")
    wrong += sorted({f"lint: {found.code}" for found in lints.lint_certificate(der)})
    if wrong:
        raise CeremonyError(f"the certificate is refused: {'; '.join(wrong)}")


def _wrongs(ceremony: Ceremony, spec: AuthoritySpec, found: x509.Certificate) -> Iterator[str]:
    if certificate.subject_der(found.public_bytes(Encoding.DER)) != names.to_der(spec.name):
        yield f"it is not for {spec.code}: its name is {found.subject.rfc4514_string()}"
    limits, usage = _value(found, x509.BasicConstraints), _value(found, x509.KeyUsage)
    if limits is None or not limits.critical or not limits.value.ca:
        yield "it is no authority's (basicConstraints, RFC 5280 4.2.1.9)"
    elif limits.value.path_length != spec.path_len:
        yield f"it allows {limits.value.path_length} authorities below it, not {spec.path_len}"
    if usage is None or not (usage.value.key_cert_sign and usage.value.crl_sign):
        yield "its key is not for certificates and lists (keyUsage, RFC 5280 4.2.1.3)"
    if any(one.critical and one.oid not in UNDERSTOOD for one in found.extensions):
        yield "it has a critical extension that is not understood"
    if not found.not_valid_before_utc <= ceremony.at < found.not_valid_after_utc:
        yield "it is not valid now"


def _path(found: x509.Certificate, issuer: x509.Certificate) -> Iterator[str]:
    if found.not_valid_after_utc > issuer.not_valid_after_utc:
        yield "it ends after its issuer"


def _value(
    found: x509.Certificate, kind: type[x509.BasicConstraints] | type[x509.KeyUsage]
) -> x509.Extension | None:  # type: ignore[type-arg]
    try:
        return found.extensions.get_extension_for_class(kind)
    except x509.ExtensionNotFound:
        return None

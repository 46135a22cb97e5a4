"""pkilint's judges of certificates, lists and OCSP answers; x509.lints loads them when needed.

The containers are built once, on first use: building costs far more than the 5.6 ms of a lint.
"""

from functools import cache
from typing import Any, Final

from pkilint import loader, pkix
from pkilint.pkix import certificate, crl, extension, name, ocsp
from pkilint.validation import ValidationFindingSeverity

from guichet.x509.lints import Finding

# Lower is graver in pkilint: FATAL 0, ERROR 1, WARNING 2, NOTICE 3.
THRESHOLD: Final = ValidationFindingSeverity.WARNING


@cache
def _certificate_linter() -> Any:
    decoders = certificate.create_decoding_validators(
        name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS
    )
    return certificate.create_pkix_certificate_validator_container(
        decoders,
        [
            certificate.create_issuer_validator_container([]),
            certificate.create_validity_validator_container(),
            certificate.create_subject_validator_container([]),
            certificate.create_extensions_validator_container([]),
            certificate.create_spki_validator_container([]),
        ],
    )


@cache
def _crl_linter() -> Any:
    return crl.create_pkix_crl_validator_container(
        [
            pkix.create_attribute_decoder(name.ATTRIBUTE_TYPE_MAPPINGS),
            pkix.create_extension_decoder(extension.EXTENSION_MAPPINGS),
        ],
        [
            crl.create_issuer_validator_container([]),
            crl.create_validity_validator_container([]),
            crl.create_extensions_validator_container([]),
        ],
    )


@cache
def _ocsp_linter() -> Any:
    return ocsp.create_pkix_ocsp_response_validator_container(
        [
            ocsp.create_response_decoder(),
            pkix.create_attribute_decoder(name.ATTRIBUTE_TYPE_MAPPINGS),
            pkix.create_extension_decoder(extension.EXTENSION_MAPPINGS),
        ],
        [],
    )


def _findings(linter: Any, document_loader: Any, der: bytes) -> tuple[Finding, ...]:
    try:
        document = document_loader.load_der_document(der)
    except ValueError as error:
        return (Finding("FATAL", "unreadable", str(error)),)
    return tuple(
        Finding(found.finding.severity.name, found.finding.code, found.message or "")
        for result in linter.validate(document.root)
        for found in result.finding_descriptions
        if found.finding.severity <= THRESHOLD
    )


def of_certificate(der: bytes) -> tuple[Finding, ...]:
    """Findings of a certificate, DER."""
    return _findings(_certificate_linter(), loader.RFC5280CertificateDocumentLoader(), der)


def of_crl(der: bytes) -> tuple[Finding, ...]:
    """Findings of a certificate revocation list, DER."""
    return _findings(_crl_linter(), loader.RFC5280CertificateListDocumentLoader(), der)


def of_ocsp(der: bytes) -> tuple[Finding, ...]:
    """Findings of an OCSP response, DER."""
    return _findings(_ocsp_linter(), loader.RFC6960OCSPResponseDocumentLoader(), der)

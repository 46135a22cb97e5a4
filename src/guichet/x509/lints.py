"""Linting by pkilint before anything is signed for real (RFC 5280, RFC 6960).

pkilint takes half a second of a core to load: processes that never sign do without.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding at WARNING or above: severity, stable code of pkilint, message."""

    severity: str
    code: str
    message: str


def lint_certificate(der: bytes) -> tuple[Finding, ...]:
    """Findings of a certificate, DER."""
    from guichet.x509 import linters  # noqa: PLC0415

    return linters.of_certificate(der)


def lint_crl(der: bytes) -> tuple[Finding, ...]:
    """Findings of a certificate revocation list, DER."""
    from guichet.x509 import linters  # noqa: PLC0415

    return linters.of_crl(der)


def lint_ocsp(der: bytes) -> tuple[Finding, ...]:
    """Findings of an OCSP response, DER."""
    from guichet.x509 import linters  # noqa: PLC0415

    return linters.of_ocsp(der)

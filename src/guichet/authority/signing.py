"""From a plan to a certificate: rehearse with a throw-away key, lint, sign, compare, verify."""

import secrets
from typing import Final

from guichet.x509 import certificate, lints, signatures
from guichet.x509.certificate import Plan
from guichet.x509.signatures import BoundKey

SERIAL_BITS: Final = 127


class SigningFaultError(Exception):
    """The plan cannot be signed, now or later; the message says why."""


def new_serial() -> int:
    """A serial of 16 octets, 126 of its bits from a CSPRNG (RFC 5280 4.1.2.2; CA/B 7.1: ≥ 64)."""
    return 1 << (SERIAL_BITS - 1) | secrets.randbits(SERIAL_BITS - 1)


class Rehearsal:
    """Signs plans with throw-away keys of the authorities' schemes, and lints what comes out."""

    def __init__(self) -> None:
        self._keys: dict[str, BoundKey] = {}

    def certificate(self, plan: Plan, real: BoundKey) -> bytes:
        """A linted certificate signed by nobody. Raises SigningFaultError with the findings."""
        try:
            der = certificate.sign(plan, self._like(real))
        except ValueError as error:  # one request that cannot be built must not stop the others
            raise SigningFaultError(f"cannot be built: {error}") from error
        if found := lints.lint_certificate(der):
            raise SigningFaultError("lint: " + ", ".join(sorted({f.code for f in found})))
        return der

    def _like(self, real: BoundKey) -> BoundKey:
        """A key whose signatures bear the same algorithm: one a process, never kept."""
        if real.scheme.name not in self._keys:
            self._keys[real.scheme.name] = signatures.throw_away(real)
        return self._keys[real.scheme.name]


def sign(plan: Plan, real: BoundKey, issuer_der: bytes | None, rehearsal: Rehearsal) -> bytes:
    """The certificate, DER; `issuer_der` is None for a root, which verifies itself.

    Raises SigningFaultError when the lint objects, when the bytes signed are not those linted,
    or when the key is not the issuer's.
    """
    rehearsed = rehearsal.certificate(plan, real)
    der = certificate.sign(plan, real)
    if certificate.tbs(der) != certificate.tbs(rehearsed):
        raise SigningFaultError("the bytes signed are not those linted")
    if not certificate.is_signed_by(der, issuer_der or der):
        raise SigningFaultError("the signature does not verify under the authority's certificate")
    return der

"""From a plan to a certificate: rehearse with a throw-away key, lint, sign, compare, verify."""

import secrets
from functools import lru_cache
from typing import Final

from guichet.authority.intents import Intent
from guichet.x509 import certificate, der, lints, signatures, templates
from guichet.x509.certificate import Plan
from guichet.x509.signatures import BoundKey
from guichet.x509.templates import Shape, Template

SERIAL_BITS: Final = 127
LINTED_ONE_IN: Final = 500
"""Of certificates that fit a template linted before, the share that is linted all the same."""
TEMPLATES_AT_MOST: Final = 1000


class SigningFaultError(Exception):
    """The plan cannot be signed, now or later; the message says why."""


def new_serial() -> int:
    """A serial of 16 octets, 126 of its bits from a CSPRNG (RFC 5280 4.1.2.2; CA/B 7.1: ≥ 64)."""
    return 1 << (SERIAL_BITS - 1) | secrets.randbits(SERIAL_BITS - 1)


class Rehearsal:
    """Signs with throw-away keys of the authorities' schemes, and lints what comes out.

    What it linted becomes a template for certificates of the same shape: they are compared with it
    octet by octet, and a share of them is linted too.
    """

    def __init__(self) -> None:
        self._keys: dict[str, BoundKey] = {}
        self._templates: dict[tuple[str, Shape], Template] = {}

    def certificate(self, plan: Plan, real: BoundKey) -> bytes:
        """A linted certificate signed by nobody. Raises SigningFaultError with the findings."""
        try:
            tbs = certificate.to_be_signed(plan, real.identifier)
        except ValueError as error:  # one request that cannot be built must not stop the others
            raise SigningFaultError(f"cannot be built: {error}") from error
        return self._linted(tbs, real)

    def require_linted(self, intent: Intent, real: BoundKey) -> None:
        """Lint what will be signed, or compare it with what was linted before.

        Raises SigningFaultError with the findings.
        """
        shape = templates.shape_of(intent.plan) if intent.plan is not None else None
        if shape is None or intent.plan is None:
            self._linted(intent.tbs, real)
            return
        key = (f"{intent.authority.code} {real.scheme.name} {intent.row.profile}", shape)
        known = self._templates.get(key)
        if (
            known is None
            or not known.fits(intent.tbs, intent.plan)
            or secrets.randbelow(LINTED_ONE_IN) == 0
        ):
            self._linted(intent.tbs, real)
            if len(self._templates) >= TEMPLATES_AT_MOST:
                self._templates.clear()
            self._templates[key] = Template.of(intent.tbs)

    def _linted(self, tbs: bytes, real: BoundKey) -> bytes:
        if der.single(tbs).children()[2].encoding != real.identifier:
            raise SigningFaultError("it was planned for another signature algorithm")
        rehearsed = self._like(real).signed(tbs)
        if found := lints.lint_certificate(rehearsed):
            raise SigningFaultError("lint: " + ", ".join(sorted({f.code for f in found})))
        return rehearsed

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
    signed = certificate.sign(plan, real)
    if certificate.tbs(signed) != certificate.tbs(rehearsed):
        raise SigningFaultError("the bytes signed are not those linted")
    if not certificate.is_signed_by(signed, issuer_der or signed):
        raise SigningFaultError("the signature does not verify under the authority's certificate")
    return signed


def sign_intent(intent: Intent, real: BoundKey) -> bytes:
    """The certificate of an intent that was linted, DER: the octets that were stored, signed."""
    return real.signed(intent.tbs)


def require_verified(intent: Intent, real: BoundKey, signed: bytes) -> None:
    """Read the certificate anew and verify it, before anything of it is stored.

    Raises SigningFaultError when it holds other octets or when the key is not the issuer's.
    """
    found = certificate.load(signed)
    if der.child(signed, 0).encoding != intent.tbs:
        raise SigningFaultError("the bytes signed are not those linted")
    issuer = _public_key(bytes(intent.authority.der))
    if not real.scheme.verifies(issuer, found.signature, intent.tbs):
        raise SigningFaultError("the signature does not verify under the authority's certificate")


@lru_cache(maxsize=256)
def _public_key(certificate_der: bytes) -> object:
    return certificate.load(certificate_der).public_key()

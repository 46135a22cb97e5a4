"""The certificate that an order would give: planned and linted as real ones, signed by nobody.

The key that signs is made for one answer and forgotten; nothing is stored, no serial is taken, and
no key of an authority is near.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import settings

from guichet.authority import issuers
from guichet.authority.queries import key_past
from guichet.domain.catalogue import authorities
from guichet.domain.catalogue.profiles import Profile
from guichet.domain.certificates import csr_policy, naming
from guichet.domain.certificates.naming import OrderedSubject
from guichet.domain.certificates.plan import AuthorityFacts, PkiUrls, plan
from guichet.domain.refusals import Code, Refusal
from guichet.x509 import certificate, decode, keys, lints, request, signatures
from guichet.x509.csr import Csr
from guichet.x509.decode import Description
from guichet.x509.lints import Finding
from guichet.x509.signatures import BoundKey

SERIAL: Final = (1 << 127) - 1
"""As long as real ones, which are drawn; no certificate bears it."""


@dataclass(frozen=True, slots=True)
class Specimen:
    """A certificate that no authority signed: what it says, and what the lints find in it."""

    authority: str
    description: Description
    findings: tuple[Finding, ...]


def specimen(profile: Profile, subject: OrderedSubject, csr: Csr, at: datetime) -> Specimen:
    """What an order of this subject and request would give at this instant.

    Raises Refusal: the objections of csr_policy, NAME_…, AUTHORITY_NOT_ISSUING, PROFILE_UNKNOWN.
    """
    admitted = csr_policy.admit(csr, profile, past=key_past(csr.key.spki_sha256))
    named = naming.named(subject)
    issuer = issuers.issuer_for(profile, profile.authority_for(csr.key.kind))
    facts = AuthorityFacts(issuer.code, bytes(issuer.der))
    urls = PkiUrls(settings.GUICHET.pki_url)
    try:
        planned = plan(profile, admitted, named.subject, named.sans, facts, SERIAL, at, urls)
    except ValueError as error:
        raise Refusal(Code.PROFILE_UNKNOWN, profile=profile.code) from error
    signed = certificate.sign(planned, _like(issuer.code, bytes(issuer.der)))
    return Specimen(issuer.code, decode.describe(signed), lints.lint_certificate(signed))


def request_for(kind: str) -> bytes:
    """A request, DER, by a new key of a profile's kind ("rsa-2048", "p-256") that is forgotten."""
    key: keys.SigningKey
    if kind.startswith("rsa-"):
        key = keys.make_rsa(int(kind.removeprefix("rsa-")))
    elif pure := next((known for known in keys.PURE if known == kind), None):
        key = keys.make_pure(pure)
    else:
        key = ec.generate_private_key(ec.SECP384R1() if kind == "p-384" else ec.SECP256R1())
    return request.build((), signatures.bound(key))


def _like(code: str, certificate_der: bytes) -> BoundKey:
    """A new key whose signatures bear the algorithm of the authority's."""
    public = certificate.load(certificate_der).public_key()
    known = keys.facts(public)
    name = authorities.signature_of(code) or signatures.usual_name(known.name)
    key: keys.SigningKey
    if isinstance(public, rsa.RSAPublicKey):
        key = keys.make_rsa(signatures.THROW_AWAY_BITS)
    elif isinstance(public, ec.EllipticCurvePublicKey):
        key = ec.generate_private_key(public.curve)
    else:
        key = keys.make_pure(known.kind)
    return signatures.bound(key, name)

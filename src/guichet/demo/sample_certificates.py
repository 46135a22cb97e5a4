"""The bench's test certificates: issued by the TEST hierarchy, or by a laboratory of their own.

No authority of the hierarchy signs a weak key or by SHA-1, nor under another's name: the laboratory
does. Its key is never written down, and every private key of these certificates is public.
"""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from guichet.authority import queries
from guichet.authority.operations import SigningAsked, revoke
from guichet.bench import catalogue
from guichet.demo.enrolment import CARD_REFERENCE
from guichet.demo.files import key_pem, write
from guichet.demo.issuance import HIERARCHY_AGE, issue, new_key
from guichet.domain.certificates.naming import ServiceSubject, StructureName, named
from guichet.domain.identifiers import StructureId
from guichet.domain.samples import Kind
from guichet.samples import laboratory
from guichet.samples.files import package
from guichet.x509 import bundles, request
from guichet.x509.crl import Reason

REFERENCE = "demo:sample"
BY = "demo:seed"
DAY = timedelta(days=1)
AUTHORITY = "ACI-EL-ORG-TEST"
SERVICE = "Essai du banc"
STRUCTURE = StructureName(
    national_id=StructureId.parse("10B0135356"),
    legal_name="HOPITAL DES 3 DAMES",
    department_name="Paris",
    department_number="75",
)
FAULTS = (Kind.WRONG_AUTHORITY, Kind.WEAK_KEY, Kind.WEAK_SIGNATURE)
ISSUED = {"good": "ORG/AUTH_CLI", "wrong-usage": "ORG/SIGN", "revoked": "ORG/AUTH_CLI"}


def make_expired(at: datetime) -> str:
    """One whose three years are over: signed in the first days of the hierarchy.

    Made before anything of today is asked of the signer: the journal goes forward in time.
    """
    if _is_made("expired"):
        return "expired"
    began = x509.load_der_x509_certificate(queries.authority_certificate(AUTHORITY))
    has_served = len(queries.issued_with_references(f"{CARD_REFERENCE}:")) > 1
    first = began.not_valid_before_utc + 2 * DAY
    if has_served or first > at - HIERARCHY_AGE + 3 * DAY:
        return "aucun, les autorités ont déjà servi"
    _issue("expired", "ORG/AUTH_CLI", first)
    return "expired"


def make_others(at: datetime) -> str:
    """Those that are missing; one once made is kept."""
    for slug, profile in ISSUED.items():
        if not _is_made(slug):
            _issue(slug, profile, at)
    _revoke(at)
    if not all(_is_made(kind.value) for kind in FAULTS):
        _make_in_laboratory(at)
    return ", ".join(sample.slug for sample in catalogue.prepared(settings.GUICHET.state))


def _folder() -> Path:
    return catalogue.folder_of(settings.GUICHET.state)


def _is_made(slug: str) -> bool:
    return (_folder() / slug / catalogue.PACKAGE).exists()


def _issue(slug: str, profile: str, at: datetime) -> None:
    key = new_key()
    count = len(queries.issued_with_references(f"{REFERENCE}:{slug}:"))
    subject = named(ServiceSubject(structure=STRUCTURE, service=SERVICE))
    asked = SigningAsked(
        profile=profile,
        subject=subject.subject,
        sans=subject.sans,
        csr_der=request.unnamed(key),
        reference=f"{REFERENCE}:{slug}:{count}",
    )
    made = issue(asked, at)
    _write(slug, key, (made.der, *made.chain_ders[:-1]))


def _revoke(at: datetime) -> None:
    made = queries.issued_with_references(f"{REFERENCE}:revoked:")
    for found in queries.certificates(made.values()).values():
        if found.revoked_at is None:
            revoke(certificate_id=found.id, reason=Reason.SUPERSEDED, by=BY, at=at)


def _write(slug: str, key: rsa.RSAPrivateKey, chain: tuple[bytes, ...]) -> None:
    """chain.pem, key.pem and identity.p12, the last one being the sign that all are there."""
    folder, pem = _folder() / slug, bundles.pem_chain(chain)
    write(folder / catalogue.CHAIN, pem.encode())
    write(folder / catalogue.KEY, key_pem(key), private=True)
    write(folder / catalogue.PACKAGE, package(f"TEST {slug}", key, pem), private=True)


def _make_in_laboratory(at: datetime) -> None:
    """What the hierarchy does not sign, by keys that are forgotten at once."""
    lab = laboratory.open_laboratory(at)
    write(_folder() / catalogue.LABORATORY, bundles.pem(lab.certificate).encode())
    issuer = x509.load_der_x509_certificate(queries.authority_certificate(AUTHORITY)).subject
    good = x509.load_pem_x509_certificate((_folder() / "good" / catalogue.CHAIN).read_bytes())
    for kind in FAULTS:
        key = laboratory.key_for(kind)
        made = laboratory.sign(laboratory.Asked(kind, good.subject, issuer), key, lab, at)
        _write(kind.value, key, (made,))

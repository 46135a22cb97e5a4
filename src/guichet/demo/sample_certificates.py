"""The bench's test certificates: issued by the TEST hierarchy, or by a laboratory of their own.

No authority of the hierarchy signs a weak key or by SHA-1, nor under another's name: the laboratory
does. Its key is never written down, and every private key of these certificates is public.
"""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from guichet.authority import queries
from guichet.authority.operations import SigningAsked, revoke
from guichet.bench import catalogue
from guichet.demo.enrolment import CARD_REFERENCE
from guichet.demo.files import key_pem, write
from guichet.demo.issuance import HIERARCHY_AGE, csr_of, issue, new_key
from guichet.domain.certificates.naming import ServiceSubject, StructureName, named
from guichet.domain.identifiers import StructureId
from guichet.x509 import bundles, certificate, der
from guichet.x509.crl import Reason

REFERENCE = "demo:sample"
BY = "demo:seed"
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
AUTHORITY = "ACI-EL-ORG-TEST"
WEAK_BITS = 1024
RSA_SHA256 = "1.2.840.113549.1.1.11"
RSA_SHA1 = "1.2.840.113549.1.1.5"
NULL = b"\x05\x00"
SERVICE = "Essai du banc"
STRUCTURE = StructureName(
    national_id=StructureId.parse("10B0135356"),
    legal_name="HOPITAL DES 3 DAMES",
    department_name="Paris",
    department_number="75",
)
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
    if not all(map(_is_made, ("wrong-authority", "weak-key", "weak-signature"))):
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
        csr_der=csr_of(key),
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
    folder = _folder() / slug
    write(folder / catalogue.CHAIN, bundles.pem_chain(chain).encode())
    write(folder / catalogue.KEY, key_pem(key), private=True)
    leaf, *others = map(x509.load_der_x509_certificate, chain)
    package = pkcs12.serialize_key_and_certificates(
        f"TEST {slug}".encode(),
        key,
        leaf,
        others,
        BestAvailableEncryption(catalogue.PASSWORD.encode()),
    )
    write(folder / catalogue.PACKAGE, package, private=True)


def _make_in_laboratory(at: datetime) -> None:
    """What the hierarchy does not sign, by keys that are forgotten at once."""
    usurper, laboratory = new_key(), new_key()
    authority = x509.load_der_x509_certificate(queries.authority_certificate(AUTHORITY))
    root = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.COMMON_NAME, "TEST LABORATOIRE DU BANC"),
        ]
    )
    own = _signed(root, root, laboratory, laboratory, at)
    write(_folder() / catalogue.LABORATORY, bundles.pem(own).encode())
    subject = x509.load_pem_x509_certificate((_folder() / "good" / catalogue.CHAIN).read_bytes())
    key, weak = new_key(), rsa.generate_private_key(65537, WEAK_BITS)
    made = _signed(subject.subject, authority.subject, key, usurper, at)
    _write("wrong-authority", key, (made,))
    _write("weak-key", weak, (_signed(subject.subject, root, weak, laboratory, at),))
    made = _by_sha1(_signed(subject.subject, root, key, laboratory, at), laboratory)
    _write("weak-signature", key, (made,))


def _by_sha1(made: bytes, signing: rsa.RSAPrivateKey) -> bytes:
    """The same certificate signed by SHA-1, which the library refuses to make."""
    tbs = certificate.tbs(made).replace(der.oid(RSA_SHA256), der.oid(RSA_SHA1))
    signature = signing.sign(tbs, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 on purpose
    return der.sequence(tbs, der.sequence(der.oid(RSA_SHA1), NULL), der.bits(signature))


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPrivateKey,
    signing: rsa.RSAPrivateKey,
    at: datetime,
) -> bytes:
    is_root = subject == issuer
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - DAY)
        .not_valid_after(at + (20 if is_root else 3) * YEAR)
        .add_extension(x509.BasicConstraints(is_root, None), critical=is_root)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_usage(is_root=is_root), critical=True)
    )
    if not is_root:
        client = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        builder = builder.add_extension(client, critical=False)
    return builder.sign(signing, hashes.SHA256()).public_bytes(Encoding.DER)


def _usage(*, is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )

"""P1, P2: durable issuance by the real signer ÷ raw `key.sign()` of the same key."""

import time
from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

from benchmarks.result import Result
from guichet.authority.operations import SigningAsked, request_signature
from guichet.demo.issuance import make_hierarchy
from guichet.demo.prepare import make_passphrase
from guichet.domain.certificates.naming import ServiceSubject, StructureName, named
from guichet.domain.identifiers import StructureId
from guichet.processes.setup import bring_up_to_date
from guichet.processes.signer import make_signer, open_signing_keystore

CERTIFICATES = 200
SIGNATURES = 200
AUTHORITY = "ACI-EL-ORG-TEST"
HOSPITAL = StructureName(
    national_id=StructureId.parse("10B0135356"),
    legal_name="HOPITAL DES 3 DAMES",
    department_name="Paris",
    department_number="75",
)


def csr() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def raw_rate() -> float:
    """Signatures per second of the authority's own key over 1 kB."""
    key = open_signing_keystore().signing_key(AUTHORITY)
    assert isinstance(key, rsa.RSAPrivateKey)
    started = time.perf_counter()
    for _ in range(SIGNATURES):
        key.sign(bytes(1000), padding.PKCS1v15(), hashes.SHA256())
    return SIGNATURES / (time.perf_counter() - started)


def ask() -> None:
    subject = named(ServiceSubject(structure=HOSPITAL, service="Monserviceclient"))
    for number in range(CERTIFICATES):
        asked = SigningAsked(
            profile="ORG/AUTH_CLI",
            subject=subject.subject,
            sans=subject.sans,
            csr_der=csr(),
            reference=f"bench:{number}",
        )
        request_signature(asked=asked, at=timezone.now())


def measure() -> Iterator[Result]:
    bring_up_to_date()
    make_passphrase()
    make_hierarchy(timezone.now())
    signer = make_signer()
    ask()
    signer.run_once(timezone.now())
    started, issued = time.perf_counter(), 0
    while count := signer.run_once(timezone.now()):
        issued += count
    rate = issued / (time.perf_counter() - started)
    what = "durable issuance, RSA-4096 CA, SQLite ÷ raw key.sign()"
    yield Result("P1", what, rate, raw_rate(), "/s")

"""Machines that enrol by EST in tests, without TLS: what it tells is put beside the request."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from apps.automation.callers import EPOCH, SOPHIE
from guichet.authority.models import Certificate
from guichet.automation import certificates as client_certificates
from guichet.automation.est.policy import EstPolicy
from guichet.domain.machines import CredentialKind, MachineScope, Verb
from guichet.identities.operations import machines
from guichet.identities.operations.machines import MachineAsked
from guichet.identities.peer import PeerTls
from guichet.orders.models import Product
from guichet.x509 import identity, names
from kit import pki

PKCS10 = "application/pkcs10"
HOSPITAL = "10B0135356"
PROFILES = frozenset({"ORG/AUTH_CLI", "SERV/SSL_SERV"})
ALL = frozenset({Verb.ORDER, Verb.WITHDRAW, Verb.RENEW})


@dataclass
class Device:
    """A machine of one account, which calls as it was told to."""

    account: UUID
    client: Client = field(default_factory=lambda: Client(**{"guichet.listener": "card"}))

    def secret(self) -> str:
        """A new secret of one use."""
        kind = CredentialKind.EST_SECRET
        return machines.issue_credential(
            key=self.account, kind=kind, label="test", by=SOPHIE, at=timezone.now()
        ).secret

    def bind(self, der: bytes) -> None:
        """Let a certificate in for the account."""
        fingerprint = hashlib.sha256(der).hexdigest()
        machines.bind_certificate(
            key=self.account, fingerprint=fingerprint, label="test", by=SOPHIE, at=timezone.now()
        )

    def get(self, address: str) -> HttpResponse:
        return self.client.get(f"/.well-known/est/{address}", secure=True)  # type: ignore[return-value]

    def post(
        self,
        address: str,
        csr: bytes,
        secret: str = "",
        *,
        certificate: bytes = b"",
        user: str = "",
        content_type: str = PKCS10,
    ) -> Any:
        """Send a request (DER) as RFC 8951 wants it, with a secret or over a certificate's TLS."""
        told: dict[str, Any] = {}
        if secret:
            pair = f"{user or self.account}:{secret}".encode()
            told["HTTP_AUTHORIZATION"] = f"Basic {base64.b64encode(pair).decode()}"
        if certificate:
            told["guichet.peer"] = PeerTls((certificate,), "TLSv1.3", "TLS_AES_256_GCM_SHA384")
        body = base64.encodebytes(csr)
        path = f"/.well-known/est/{address}"
        return self.client.post(path, body, content_type=content_type, secure=True, **told)


def device(
    name: str = "pare-feu", verbs: frozenset[Verb] = ALL, structure: str = HOSPITAL, **limits: Any
) -> Device:
    """A machine account of the hospital, and a machine that works for it."""
    scope = MachineScope(
        account="",
        structure_id=structure,
        delegation=None,
        verbs=verbs,
        **({"profiles": PROFILES} | limits),
    )
    asked = MachineAsked(name=name, scope=scope, contact_email="reseau@hopital.fr")
    return Device(machines.create_machine(asked=asked, by=SOPHIE, at=EPOCH).key)


def renewal_of(der: bytes, key: pki.Key | None = None) -> bytes:
    """A request (DER) that names what a certificate names."""
    theirs = identity.of_certificate(der)
    builder = x509.CertificateSigningRequestBuilder().subject_name(names.build(theirs.subject))
    if theirs.servers:
        told = [x509.DNSName(name) for name in sorted(theirs.servers)]
        builder = builder.add_extension(x509.SubjectAlternativeName(told), critical=False)
    signed = builder.sign(key or pki.fresh_key("p-256"), hashes.SHA256())  # type: ignore[arg-type]
    return signed.public_bytes(Encoding.DER)


def certificates(answer: Any) -> list[x509.Certificate]:
    """What a Simple PKI Response holds."""
    assert answer.status_code == 200, answer.content.decode()
    assert answer["Content-Type"].startswith("application/pkcs7-mime")
    return list(pkcs7.load_der_pkcs7_certificates(base64.b64decode(answer.content)))


def near_their_end() -> None:
    """Every product has about 30 days left."""
    for product in Product.objects.all():
        shift = timezone.now() + timedelta(days=30) - product.not_after
        for rows in (
            Product.objects.filter(pk=product.pk),
            Certificate.objects.filter(pk=product.certificate_id),
        ):
            rows.update(not_after=F("not_after") + shift, not_before=F("not_before") + shift)


Sign = Callable[[], None]
ENROL = "org-auth-cli/simpleenroll"


@pytest.fixture(autouse=True)
def _no_waiting(structures: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The card port; whether a chain holds is proved over TLS, in the protocols' tests."""
    settings.ROOT_URLCONF = "guichet.conf.card_urls"
    settings.GUICHET_EST = EstPolicy(wait=timedelta(0))
    monkeypatch.setattr(client_certificates, "require_good", lambda chain, at: None)


@pytest.fixture
def firewall(structures: None) -> Device:
    """A machine of the hospital, by its usual name."""
    return device()


def csr(name: str = "Pare-feu") -> bytes:
    """A request (DER) with a new key."""
    return pki.csr(pki.fresh_key("p-256"), name)


def enrolled(machine: Device, sign: Sign, address: str = ENROL, name: str = "Pare-feu") -> bytes:
    """The certificate (DER) of a first enrolment, near its end."""
    secret, request = machine.secret(), csr(name)
    assert machine.post(address, request, secret).status_code == 202
    sign()
    (found,) = certificates(machine.post(address, request, secret))
    near_their_end()
    return found.public_bytes(Encoding.DER)


def common_name(der: bytes) -> str:
    """The common name that a certificate (DER) gives its subject."""
    named = x509.load_der_x509_certificate(der).subject
    return str(named.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)

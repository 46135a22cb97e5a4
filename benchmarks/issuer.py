"""An authority of a given algorithm, and requests that wait for its signature."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from unittest import mock

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from guichet.authority import authority_keys
from guichet.authority.models import CertificationAuthority
from guichet.authority.operations import SigningAsked, request_signature
from guichet.authority.signer import Signer
from guichet.demo.issuance import make_hierarchy
from guichet.demo.prepare import make_passphrase
from guichet.domain.catalogue import authorities
from guichet.domain.catalogue.twins import Environment
from guichet.domain.certificates.naming import ServiceSubject, StructureName, named
from guichet.domain.certificates.urgency import Priority
from guichet.domain.identifiers import StructureId
from guichet.processes.setup import bring_up_to_date
from guichet.processes.signer import open_signing_keystore, settle_memory
from guichet.x509.signatures import BoundKey

CHUNK: Final = 500
ROOT: Final = "ACR-EL-TEST"
AUTHORITY: Final = "ACI-EL-ORG-TEST"
PROFILE: Final = "ORG/AUTH_CLI"
HOSPITAL: Final = StructureName(
    national_id=StructureId.parse("10B0135356"),
    legal_name="HOPITAL DES 3 DAMES",
    department_name="Paris",
    department_number="75",
)


def make(algorithm: str) -> None:
    """A state with one issuing authority of this algorithm, "rsa-2048", and its root."""
    every = {spec.code: spec for spec in authorities.specs()}
    table = {code: replace(every[code], algorithm=algorithm) for code in (ROOT, AUTHORITY)}

    def specs(environment: Environment = authorities.ENVIRONMENT) -> dict[str, object]:
        return dict(table)

    mock.patch.object(authorities, "_specs", specs).start()
    bring_up_to_date()
    make_passphrase()
    make_hierarchy(timezone.now())


def ask(csrs: Sequence[bytes], prefix: str = "bench", priority: Priority = Priority.BULK) -> None:
    """Ask for a certificate for each request, as the portal does; many in a transaction."""
    for start in range(0, len(csrs), CHUNK):
        with transaction.atomic():
            for rank, csr in enumerate(csrs[start : start + CHUNK], start):
                one = asked(csr, f"{prefix}:{rank}", priority)
                request_signature(asked=one, at=timezone.now())


def asked(csr: bytes, reference: str, priority: Priority) -> SigningAsked:
    """What the portal asks for a service of a hospital."""
    subject = named(ServiceSubject(structure=HOSPITAL, service="Monserviceclient"))
    return SigningAsked(
        profile=PROFILE,
        subject=subject.subject,
        sans=subject.sans,
        csr_der=csr,
        reference=reference,
        priority=priority,
    )


def signer(threads: int = 1) -> Signer:
    """As `guichet signer` makes it, with its number of threads."""
    settle_memory()
    return Signer(open_signing_keystore(), settings.GUICHET.pki_url, "bench", threads)


def key() -> BoundKey:
    """The authority's own key, opened."""
    row = CertificationAuthority.objects.get(code=AUTHORITY)
    return authority_keys.key_of(row, open_signing_keystore())


def count_of(name: str, default: int) -> int:
    """How many, from an environment variable that makes a trial short."""
    return int(os.environ.get(name) or default)


def now() -> datetime:
    """This instant."""
    return timezone.now()

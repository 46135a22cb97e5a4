"""Asking for a test certificate, and taking what the signer made of it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.db import transaction

from guichet.authority import operations as authority
from guichet.authority import queries as issued
from guichet.authority.operations import SigningAsked
from guichet.authority.queries import IssuedCertificate
from guichet.domain.catalogue import authorities, profiles
from guichet.domain.certificates.naming import ServiceSubject, StructureName, named
from guichet.domain.certificates.states import SigningState
from guichet.domain.certificates.urgency import Priority
from guichet.domain.identifiers import StructureId
from guichet.domain.refusals import Code, Refusal
from guichet.domain.samples import LIFE, PER_DAY, PROFILES, SAMPLES, Kind, SampleAct, SampleState
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.samples import files, laboratory
from guichet.samples.models import Sample
from guichet.web import environments
from guichet.x509 import bundles, names, request
from guichet.x509.crl import Reason

CLERK: Final = "clerk"
DAY: Final = timedelta(days=1)
ENDED: Final = frozenset({SigningState.ISSUED, SigningState.REFUSED, SigningState.FAILED})
# A structure that no register knows, as those of trials (domain/trials.py): 0T is no département.
NOBODY: Final = StructureName(
    national_id=StructureId.parse("10T0000000"),
    legal_name="TEST BANC DU GUICHET",
    department_name="Paris",
    department_number="75",
)
SERVICE: Final = "Essai du banc"


@transaction.atomic
def ask(*, kind: Kind, by: Actor, at: datetime) -> UUID:
    """Make a key and have it certified, with the fault of this kind; the sample's identifier.

    Raises Refusal: SAMPLE_IN_PRODUCTION, SAMPLES_TOO_MANY, SIGNING_BUSY.
    """
    if not environments.is_test():
        raise Refusal(Code.SAMPLE_IN_PRODUCTION)
    recent = Sample.objects.filter(asked_by=by.ref, asked_at__gt=at - DAY)
    if recent.count() >= PER_DAY:
        raise Refusal(Code.SAMPLES_TOO_MANY, limit=PER_DAY)
    key = laboratory.key_for(kind)
    row = Sample(kind=kind.value, asked_by=by.ref, asked_at=at, key=files.key_pem(key))
    facts = {"kind": kind.value}
    if kind in PROFILES:
        row.signing_request = authority.request_signature(asked=_signing(row, key), at=at)
        row.save(force_insert=True)
        journal.record(Event.SAMPLE_ASKED, subject=str(row), actor=by.ref, at=at, facts=facts)
    else:
        _make_in_laboratory(row, key, at)
        row.save(force_insert=True)
        journal.record(Event.SAMPLE_MADE, subject=str(row), actor=by.ref, at=at, facts=facts)
    return row.public_id


def collect(at: datetime) -> int:
    """Take what the signer made of the test certificates that were asked for; how many."""
    waiting = Sample.objects.filter(state=SampleState.ASKED.value).order_by("pk")
    return sum(_settle(pk, at) for pk in waiting.values_list("pk", flat=True)[:100])


def forget(at: datetime) -> int:
    """Delete the files that were kept long enough; how many."""
    gone, _each = Sample.objects.filter(asked_at__lte=at - LIFE).delete()
    return gone


@transaction.atomic
def _settle(pk: int, at: datetime) -> bool:
    row = Sample.objects.select_for_update().get(pk=pk)
    if row.state != SampleState.ASKED or row.signing_request is None:
        return False
    status = issued.signing_status(row.signing_request)
    if status.state not in ENDED:
        return False
    is_made = status.certificate_id is not None
    act = SampleAct.MAKE if is_made else SampleAct.FAIL
    row.state = SAMPLES.next(SampleState(row.state), act).value
    if status.certificate_id is not None:
        made = issued.certificate(status.certificate_id)
        _keep(row, made)
        if row.kind == Kind.REVOKED:
            authority.revoke(certificate_id=made.id, reason=Reason.SUPERSEDED, by=CLERK, at=at)
    row.save()
    event = Event.SAMPLE_MADE if is_made else Event.SAMPLE_FAILED
    journal.record(event, subject=str(row), actor=CLERK, at=at, facts={"kind": row.kind})
    return True


def _keep(row: Sample, made: IssuedCertificate) -> None:
    """The chain without its root, which the server knows or must not trust."""
    row.chain = bundles.pem_chain((made.der, *made.chain_ders[:-1]))
    row.not_after = made.not_after


def _signing(row: Sample, key: RSAPrivateKey) -> SigningAsked:
    subject = named(ServiceSubject(structure=NOBODY, service=SERVICE))
    return SigningAsked(
        profile=PROFILES[Kind(row.kind)],
        subject=subject.subject,
        sans=subject.sans,
        csr_der=request.unnamed(key),
        reference=str(row),
        priority=Priority.PROGRAM,
    )


def _make_in_laboratory(row: Sample, key: RSAPrivateKey, at: datetime) -> None:
    lab = laboratory.open_laboratory(at)
    subject = named(ServiceSubject(structure=NOBODY, service=SERVICE)).subject
    profile = profiles.profile(PROFILES[Kind.GOOD])
    usual = issued.authority_certificate(authorities.resolve(profile.authority))
    forged = x509.load_der_x509_certificate(usual).subject
    asked = laboratory.Asked(Kind(row.kind), x509.Name.from_bytes(names.to_der(subject)), forged)
    made = laboratory.sign(asked, key, lab, at)
    row.chain = bundles.pem(made)
    if row.kind != Kind.WRONG_AUTHORITY:
        row.root = bundles.pem(lab.certificate)
    row.not_after = x509.load_der_x509_certificate(made).not_valid_after_utc
    row.state = SAMPLES.next(SampleState(row.state), SampleAct.MAKE).value

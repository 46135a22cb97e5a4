"""P6: a revocation asked → told by the published store, against one fsync'd commit."""

import time
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from benchmarks.issuance import HOSPITAL, csr
from benchmarks.result import Result
from guichet.authority import operations, queries
from guichet.authority.operations import SigningAsked
from guichet.demo.issuance import issue
from guichet.domain.certificates.naming import ServiceSubject, named
from guichet.journal import operations as journal
from guichet.validation import publisher
from guichet.x509.crl import Reason


def commit_seconds() -> float:
    """One journalled commit: the least a durable change costs here."""
    started = time.perf_counter()
    for number in range(20):
        with transaction.atomic():
            journal.record("bench", subject=f"bench:{number}", actor="bench", at=timezone.now())
    return (time.perf_counter() - started) / 20


def measure() -> Iterator[Result]:
    subject = named(ServiceSubject(structure=HOSPITAL, service="Bench"))
    asked = SigningAsked(
        profile="ORG/AUTH_CLI",
        subject=subject.subject,
        sans=subject.sans,
        csr_der=csr(),
        reference="bench:revoked",
    )
    certificate = issue(asked, timezone.now())
    publisher.publish_changes(timezone.now())
    started = time.perf_counter()
    operations.revoke(
        certificate_id=certificate.id,
        reason=Reason.SUPERSEDED,
        by="bench",
        at=timezone.now(),
    )
    publisher.publish_changes(timezone.now())
    seconds = time.perf_counter() - started
    assert not [s for s in queries.statuses_to_publish() if s.certificate_id == certificate.id]
    yield Result(
        "P6",
        "revoked → status published ÷ one commit",
        seconds * 1000,
        1000 * commit_seconds(),
        "ms",
    )

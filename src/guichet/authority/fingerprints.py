"""Certificates by their fingerprints, which are kept beside them to be looked up by an index."""

from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from guichet.authority.models import Certificate
from guichet.domain.certificates.fingerprints import Fingerprint
from guichet.web import rows
from guichet.x509 import certificate

FOUND_AT_MOST: Final = 20
CHUNK: Final = 500


def certificate_ids(asked: Fingerprint) -> tuple[int, ...]:
    """Identifiers of the certificates of this fingerprint, the last first."""
    found = bearing(asked).order_by("-pk")
    return tuple(found.values_list("pk", flat=True)[:FOUND_AT_MOST])


def serials(asked: Fingerprint) -> tuple[str, ...]:
    """Serial numbers of the certificates of this fingerprint, the last first."""
    found = bearing(asked).order_by("-pk")
    return tuple(found.values_list("serial_hex", flat=True)[:FOUND_AT_MOST])


def bearing(asked: Fingerprint) -> QuerySet[Certificate]:
    """Those whose DER has this digest, or, of a SHA-256, whose public key has it."""
    if not asked.is_sha256:
        return Certificate.objects.filter(sha1=asked.digits)
    return Certificate.objects.filter(Q(sha256=asked.digits) | Q(spki_sha256=asked.digits))


def fill() -> int:
    """Fingerprint some of what a signer of the release before stored during an upgrade; how many.

    To be repeated until it is 0: certificates go on being issued meanwhile, by both releases.
    """
    wanting = Certificate.objects.filter(sha256="").exclude(der=b"").order_by("pk")
    found = list(wanting.values_list("pk", "der")[:CHUNK])
    if found:
        told = ((pk, *certificate.fingerprints(bytes(der))) for pk, der in found)
        with transaction.atomic():
            rows.update(Certificate, ("id", "sha256", "sha1"), told)
    return len(found)

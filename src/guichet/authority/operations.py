"""What others ask of the authority: a signature, a revocation. No key is touched here."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from guichet.authority import issuers, key_uses, queries, queue
from guichet.authority.models import (
    BurntKey,
    Certificate,
    CrlScope,
    SigningRequest,
)
from guichet.authority.revoking import (
    BatchRevoked,
    Revocation,
    revoke,
    revoke_batch,
    revoke_many,
)
from guichet.domain.catalogue import profiles
from guichet.domain.catalogue.profiles import Profile
from guichet.domain.certificates import csr_policy, urgency
from guichet.domain.certificates.csr_policy import KeyPast
from guichet.domain.certificates.extensions import list_name
from guichet.domain.certificates.naming import Sans
from guichet.domain.certificates.states import CertificateState
from guichet.domain.certificates.urgency import Priority
from guichet.domain.refusals import Code, Refusal
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.x509 import names

__all__ = [
    "BatchRevoked",
    "Revocation",
    "SigningAsked",
    "burn_keys",
    "mark_published",
    "raise_crl_floor",
    "request_signature",
    "revoke",
    "revoke_batch",
    "revoke_many",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningAsked:
    """One certificate wanted. `authority` is needed only where the profile allows several.

    `reference` is opaque here and unique: the same one never yields two certificates. `renews` is
    the certificate whose key this one keeps; a renewal with another key has none.
    """

    profile: str
    subject: names.Name
    sans: Sans
    csr_der: bytes
    reference: str
    authority: str | None = None
    renews: int | None = None
    priority: Priority = Priority.INTERACTIVE


@transaction.atomic
def request_signature(*, asked: SigningAsked, at: datetime) -> UUID:
    """Store what the signer will sign, and return its identifier.

    Asking again with the same reference, key and profile changes nothing. Raises Refusal:
    PROFILE_UNKNOWN, AUTHORITY_NOT_ISSUING, the codes of the CSR policy, KEY_SEEN, KEY_BURNT,
    KEY_NOT_RENEWABLE, IDEMPOTENCY_CONFLICT, SIGNING_BUSY.
    """
    profile = profiles.profile(asked.profile)
    csr = csr_policy.read(asked.csr_der)
    if known := SigningRequest.objects.filter(reference=asked.reference).first():
        return _same(known, profile, csr.key.spki_sha256)
    spki = csr.key.spki_sha256
    use = key_uses.judge(spki, renews=asked.renews, at=at)
    csr_policy.admit(csr, profile, past=use.past)
    authority = issuers.issuer_for(profile, asked.authority)
    _require_room(asked.priority)
    row = SigningRequest(
        reference=asked.reference,
        authority=authority,
        profile=profile.code,
        subject=names.to_json(asked.subject),
        sans=[list(san) for san in asked.sans],
        csr=csr.der,
        spki_sha256=spki,
        renews_id=asked.renews,
        key_use=use.number,
        priority=_priority(asked, profile).value,
        requested_at=at,
    )
    _insert(row)
    _tell_requested(row, at)
    return row.id


@transaction.atomic
def burn_keys(*, spki_sha256s: Iterable[str], by: str, at: datetime) -> tuple[int, ...]:
    """Certify these keys no more: their private halves were sent to us.

    Only the digests of the public halves are kept. Returns the certificates valid now that carry
    one of them. `by` is the journal's actor.
    """
    digests = sorted(set(spki_sha256s))
    carriers = Certificate.objects.filter(
        spki_sha256__in=digests, state=CertificateState.VALID.value, not_after__gt=at
    ).order_by("pk")
    for digest in digests:
        _row, is_new = BurntKey.objects.get_or_create(spki_sha256=digest, defaults={"burnt_at": at})
        if is_new:
            serials = [row.serial_hex for row in carriers if row.spki_sha256 == digest]
            journal.record(
                Event.KEY_BURNT,
                subject=f"key:{digest}",
                actor=by,
                at=at,
                facts={"certificates": ", ".join(serials)},
            )
    return tuple(row.pk for row in carriers)


@transaction.atomic
def mark_published(statuses: Iterable[queries.CertificateStatus]) -> None:
    """Say that these statuses are published; one that changed since stays to be published."""
    by_state: dict[CertificateState, list[int]] = {}
    for status in statuses:
        state = CertificateState.REVOKED if status.revoked_at else CertificateState.VALID
        by_state.setdefault(state, []).append(status.certificate_id)
    for found, ids in by_state.items():
        Certificate.objects.filter(pk__in=ids, state=found.value).update(to_publish=False)


@transaction.atomic
def raise_crl_floor(*, code: str, shard: int, number: int, by: str, at: datetime) -> bool:
    """Number no list of this scope up to here: one was seen published, and this database lost it.

    The signer's next list is above it. False when the floor was there already. Raises Refusal
    (PROFILE_UNKNOWN) for a scope that does not exist.
    """
    rows = CrlScope.objects.filter(authority__code=code, shard=shard)
    scope = rows.select_for_update(no_key=True, of=("self",)).first()
    if scope is None:
        raise Refusal(Code.PROFILE_UNKNOWN, authority=code)
    if scope.floor >= number:
        return False
    facts = {"number": number, "floor": scope.floor}
    scope.floor = number
    scope.save(update_fields=["floor"])
    subject = f"authority:{list_name(code, shard)}"
    journal.record(Event.CRL_FLOOR_RAISED, subject=subject, actor=by, at=at, facts=facts)
    return True


def _tell_requested(row: SigningRequest, at: datetime) -> None:
    facts: dict[str, str | int | None] = {
        "reference": row.reference,
        "profile": row.profile,
        "authority": row.authority.code,
        "spki_sha256": row.spki_sha256,
        "csr": hashlib.sha256(row.csr).hexdigest(),
    }
    if row.renews is not None:
        facts |= {"renews": row.renews.serial_hex, "key_use": row.key_use}
    journal.record(
        Event.SIGNING_REQUESTED, subject=f"signing:{row.id}", actor="portal", at=at, facts=facts
    )


def _same(known: SigningRequest, profile: Profile, spki_sha256: str) -> UUID:
    if (known.profile, known.spki_sha256) != (profile.code, spki_sha256):
        raise Refusal(Code.IDEMPOTENCY_CONFLICT, reference=known.reference)
    return known.id


def _priority(asked: SigningAsked, profile: Profile) -> Priority:
    """Responders go before everybody: without their certificates no revocation is told."""
    return Priority.SERVICE if profile.subject_kind == issuers.RESPONDER else asked.priority


def _require_room(priority: Priority) -> None:
    limit = urgency.WAITING_AT_MOST.get(priority)
    if limit is not None and queue.is_full(priority, limit):
        raise Refusal(Code.SIGNING_BUSY)


def _insert(row: SigningRequest) -> None:
    """Two requests with one key at the same time: the database refuses the second."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if queries.key_past(row.spki_sha256) is not KeyPast.UNSEEN:
            taken = Code.KEY_SEEN if row.renews_id is None else Code.KEY_NOT_RENEWABLE
            raise Refusal(taken) from error
        raise

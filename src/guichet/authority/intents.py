"""The signer's own operations on signing requests: take, plan, store, give up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from guichet.authority import key_uses, plans
from guichet.authority.filling import Filling
from guichet.authority.key_uses import KeyUse
from guichet.authority.models import Certificate, CertificationAuthority, SigningRequest
from guichet.domain.catalogue import authorities, profiles
from guichet.domain.certificates import csr_policy
from guichet.domain.certificates.csr_policy import KEY_OBJECTIONS, KeyPast
from guichet.domain.certificates.plan import AuthorityFacts, PkiUrls, plan
from guichet.domain.certificates.states import SIGNINGS, SigningAct, SigningState
from guichet.domain.refusals import Code, Refusal
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.x509 import names
from guichet.x509.certificate import Plan, serial_hex

LEASE: Final = timedelta(seconds=20)
ATTEMPTS_AT_MOST: Final = 5
LOST: Final = frozenset({KeyPast.BURNT, KeyPast.SPENT})
WORKABLE: Final = (SigningState.REQUESTED.value, SigningState.PLANNED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One request planned: what to sign, with whose key."""

    request_id: UUID
    plan: Plan
    authority: CertificationAuthority
    key_label: str
    issuer_der: bytes


@transaction.atomic
def take(*, by: str, limit: int, at: datetime) -> tuple[UUID, ...]:
    """Lease the oldest requests that nobody works on, for LEASE; several signers may run.

    A request that was begun without an end is taken alone, so that one which kills signers takes
    no other along; begun too often, it has failed.
    """
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    rows = SigningRequest.objects.filter(free, state__in=WORKABLE).order_by("requested_at")
    taken: list[UUID] = []
    for row in rows.select_for_update(skip_locked=True)[:limit]:
        if row.attempts >= ATTEMPTS_AT_MOST:
            failure = row.failure or "the signer did not come to an end"
            _settle(row, SigningAct.FAIL, failure, by=by, at=at)
            continue
        is_suspect = row.attempts > 0
        if is_suspect and taken:
            break
        row.lease_until, row.leased_by = at + LEASE, by
        row.attempts += 1
        row.save(update_fields=["lease_until", "leased_by", "attempts"])
        taken.append(row.id)
        if is_suspect:
            break
    return tuple(taken)


@transaction.atomic
def prepare(
    ids: Sequence[UUID], *, serials: Sequence[int], urls: PkiUrls, by: str, at: datetime
) -> tuple[Intent, ...]:
    """Store serial, plan and journal entry of each request taken; return all to be signed.

    The rules of the CSR are checked again: the portal is not believed. What is not admitted is
    refused. A request planned before a crash keeps its serial and its plan, unless its key was
    burnt since, or the certificate that lends it the key was revoked.
    """
    intents: list[Intent] = []
    rows = _leased(ids, by)
    filling = Filling([row for row in rows if row.state == SigningState.REQUESTED], urls)
    for row, serial in zip(rows, serials, strict=False):
        if row.state == SigningState.REQUESTED:
            _plan(row, serial, filling, by, at)
        elif (past := _key_use(row, row.spki_sha256, at).past) in LOST:
            _settle(row, SigningAct.REFUSE, KEY_OBJECTIONS[past].value, by=by, at=at)
        if row.state == SigningState.PLANNED and row.plan:
            intents.append(
                Intent(
                    request_id=row.id,
                    plan=plans.from_json(row.plan),
                    authority=row.authority,
                    key_label=row.authority.key_label,
                    issuer_der=bytes(row.authority.der),
                )
            )
    return tuple(intents)


@transaction.atomic
def store(signed: Sequence[tuple[Intent, bytes]], *, by: str, at: datetime) -> int:
    """Store the certificates with their journal entries; return how many.

    A request whose lease went to another signer is left to it: never two certificates.
    """
    rows = {row.id: row for row in _leased([intent.request_id for intent, _ in signed], by)}
    stored = 0
    for intent, der in signed:
        row = rows.get(intent.request_id)
        if row is None or row.state != SigningState.PLANNED or not row.serial_hex:
            continue
        Certificate.objects.create(
            request=row,
            authority=row.authority,
            serial_hex=row.serial_hex,
            profile=row.profile,
            der=der,
            spki_sha256=row.spki_sha256,
            not_before=intent.plan.not_before,
            not_after=intent.plan.not_after,
            changed_at=at,
            crl_shard=row.crl_shard,
        )
        _settle(row, SigningAct.ISSUE, "", by=by, at=at)
        stored += 1
    return stored


@transaction.atomic
def fail(request_id: UUID, failure: str, *, by: str, at: datetime) -> None:
    """End a request that can never be signed."""
    for row in _leased([request_id], by):
        _settle(row, SigningAct.FAIL, failure, by=by, at=at)


@transaction.atomic
def put_back(ids: Sequence[UUID], failure: str, *, by: str) -> None:
    """Leave requests for later, when their lease ends, as if they had not been begun.

    What went wrong is kept; it was not their fault.
    """
    SigningRequest.objects.filter(pk__in=ids, leased_by=by, state__in=WORKABLE).update(
        failure=failure[:500], attempts=F("attempts") - 1
    )


def _leased(ids: Sequence[UUID], by: str) -> list[SigningRequest]:
    rows = SigningRequest.objects.filter(pk__in=ids, leased_by=by, state__in=WORKABLE)
    locked = rows.select_for_update(of=("self",)).select_related("authority")
    return list(locked.order_by("requested_at", "pk"))


def _plan(row: SigningRequest, serial: int, filling: Filling, by: str, at: datetime) -> None:
    try:
        planned = _planned(row, serial, filling, at)
    except Refusal as refusal:
        codes = ", ".join(objection.code.value for objection in refusal.all)
        _settle(row, SigningAct.REFUSE, codes, by=by, at=at)
        return
    except ValueError as error:
        _settle(row, SigningAct.FAIL, str(error), by=by, at=at)
        return
    row.state = SIGNINGS.next(SigningState(row.state), SigningAct.PLAN).value
    row.serial_hex = serial_hex(serial)
    row.plan = plans.to_json(planned)
    row.save(update_fields=["state", "serial_hex", "plan", "crl_shard"])
    _tell(row, Event.SIGNING_PLANNED, by, at)


def _planned(row: SigningRequest, serial: int, filling: Filling, at: datetime) -> Plan:
    profile = profiles.profile(row.profile)
    if row.authority.code not in map(authorities.resolve, profile.authorities):
        raise Refusal(Code.PROFILE_UNKNOWN, profile=row.profile, authority=row.authority.code)
    csr = csr_policy.read(bytes(row.csr))
    admitted = csr_policy.admit(csr, profile, past=_key_use(row, csr.key.spki_sha256, at).past)
    row.crl_shard = filling.next(row.authority, profile)
    return plan(
        profile,
        admitted,
        names.from_json(row.subject),
        tuple((str(kind), str(value)) for kind, value in row.sans),
        AuthorityFacts(row.authority.code, bytes(row.authority.der), row.crl_shard),
        serial,
        at,
        filling.urls,
    )


def _key_use(row: SigningRequest, spki_sha256: str, at: datetime) -> KeyUse:
    return key_uses.judge(spki_sha256, renews=row.renews_id, at=at, besides=row.pk)


SETTLED: Final = {
    SigningAct.ISSUE: Event.CERTIFICATE_ISSUED,
    SigningAct.REFUSE: Event.SIGNING_FAILED,
    SigningAct.FAIL: Event.SIGNING_FAILED,
}


def _settle(row: SigningRequest, act: SigningAct, failure: str, *, by: str, at: datetime) -> None:
    row.state = SIGNINGS.next(SigningState(row.state), act).value
    row.failure = failure[:500]
    row.settled_at, row.lease_until, row.leased_by = at, None, ""
    row.save(update_fields=["state", "failure", "settled_at", "lease_until", "leased_by"])
    _tell(row, SETTLED[act], by, at)


def _tell(row: SigningRequest, event: Event, by: str, at: datetime) -> None:
    facts: dict[str, str | int | None] = {
        "reference": row.reference,
        "profile": row.profile,
        "authority": row.authority.code,
        "serial": row.serial_hex,
    }
    if row.failure:
        facts["failure"] = row.failure
    journal.record(event, subject=f"signing:{row.id}", actor=f"signer:{by}", at=at, facts=facts)

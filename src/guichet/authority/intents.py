"""From a request to its intent, and from the signature to the certificate that is stored.

Both are done by batches: one transaction and a few statements for all, and for each certificate
everything or nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from guichet.authority import authority_keys, issuers, key_uses
from guichet.authority.filling import Filling
from guichet.authority.key_uses import KeyUse
from guichet.authority.models import Certificate, CertificationAuthority, SigningRequest
from guichet.authority.queue import WORKABLE
from guichet.authority.settling import settle, told
from guichet.domain.catalogue import profiles
from guichet.domain.catalogue.profiles import Profile
from guichet.domain.certificates import csr_policy
from guichet.domain.certificates.csr_policy import KEY_OBJECTIONS, KeyPast
from guichet.domain.certificates.plan import AuthorityFacts, PkiUrls, plan
from guichet.domain.certificates.states import (
    SIGNINGS,
    CertificateState,
    SigningAct,
    SigningState,
)
from guichet.domain.refusals import Code, Refusal
from guichet.journal import operations as journal
from guichet.web import rows as many
from guichet.x509 import certificate, names
from guichet.x509.certificate import Plan, serial_hex

LOST: Final = frozenset({KeyPast.BURNT, KeyPast.SPENT})
PLANNED: Final = SIGNINGS.next(SigningState.REQUESTED, SigningAct.PLAN).value
ISSUED: Final = SIGNINGS.next(SigningState.PLANNED, SigningAct.ISSUE).value
INTENT: Final = ("id", "state", "serial_hex", "tbs", "crl_shard")
CERTIFICATE: Final = (
    "request_id",
    "authority_id",
    "serial_hex",
    "profile",
    "der",
    "spki_sha256",
    "not_before",
    "not_after",
    "state",
    "reason",
    "changed_at",
    "to_publish",
    "crl_shard",
    "crl_entry",
    "sha256",
    "sha1",
)


@dataclass(frozen=True, slots=True)
class Intent:
    """One request planned: the octets to be signed, with whose key.

    `plan` is what they encode; None when they were stored by a signer that did not come to an end.
    """

    row: SigningRequest
    tbs: bytes
    plan: Plan | None = field(default=None, compare=False)

    @property
    def request_id(self) -> UUID:
        """The request's identifier."""
        return self.row.pk

    @property
    def authority(self) -> CertificationAuthority:
        """Whose key signs."""
        return self.row.authority


@transaction.atomic
def prepare(
    ids: Sequence[UUID], *, serials: Sequence[int], urls: PkiUrls, by: str, at: datetime
) -> tuple[Intent, ...]:
    """Store serial, octets to be signed and journal entry of each request taken; return all.

    The rules of the CSR are checked again: the portal is not believed. What is not admitted is
    refused. A request planned before a crash keeps its serial and its octets, unless its key was
    burnt since, the certificate that lends it the key was revoked, or its authority has no key any
    more.
    """
    rows = _leased(ids, by)
    issuers.redirect(rows)
    uses = key_uses.judge_all(rows, at=at)
    filling = Filling([row for row in rows if row.state == SigningState.REQUESTED], urls)
    intents, planned, settling = [], [], _Settling(by, at)
    for row, serial in zip(rows, serials, strict=False):
        if row.state == SigningState.REQUESTED:
            if intent := _plan(row, serial, uses[row.pk], filling, settling):
                planned.append(intent)
        elif code := _lost(row, uses[row.pk]):
            settle(row, SigningAct.REFUSE, code.value, by=by, at=at)
        else:
            intents.append(Intent(row, bytes(row.tbs)))
    filling.save()
    _store_plans(planned, by, at)
    return (*intents, *planned)


@transaction.atomic
def store(signed: Sequence[tuple[Intent, bytes]], *, by: str, at: datetime) -> int:
    """Store the certificates with their journal entries; return how many.

    A request whose lease went to another signer is left to it: never two certificates.
    """
    asked = {intent.request_id: (intent, der) for intent, der in signed}
    rows = SigningRequest.objects.filter(
        pk__among=asked, leased_by=by, state=SigningState.PLANNED.value
    )
    ours = set(rows.select_for_update().values_list("pk", flat=True))
    found = [pair for identifier, pair in asked.items() if identifier in ours]
    if not found:
        return 0
    many.insert(Certificate, CERTIFICATE, (_certificate(*pair, at) for pair in found))
    SigningRequest.objects.filter(pk__among=ours).update(
        state=ISSUED, failure="", settled_at=at, lease_until=None, leased_by=""
    )
    issued = [told(intent.row, SigningAct.ISSUE, by, at, der) for intent, der in found]
    journal.record_many(issued)
    return len(found)


@dataclass(frozen=True, slots=True)
class _Settling:
    """Who settles what cannot be planned, and when; what was found of authorities on the way."""

    by: str
    at: datetime
    admitted: set[tuple[int, str]] = field(default_factory=set)

    def require_may_sign(self, authority: CertificationAuthority, profile: Profile) -> None:
        """As `issuers.require_may_sign`, asked once of each in a batch."""
        if (authority.pk, profile.code) not in self.admitted:
            issuers.require_may_sign(authority, profile)
            self.admitted.add((authority.pk, profile.code))

    def refuse(self, row: SigningRequest, refusal: Refusal) -> None:
        codes = ", ".join(objection.code.value for objection in refusal.all)
        settle(row, SigningAct.REFUSE, codes, by=self.by, at=self.at)


def _leased(ids: Sequence[UUID], by: str) -> list[SigningRequest]:
    rows = SigningRequest.objects.filter(pk__among=ids, leased_by=by, state__in=WORKABLE)
    found = list(rows.select_for_update().order_by("priority", "requested_at", "pk"))
    authorities = CertificationAuthority.objects.in_bulk({row.authority_id for row in found})
    for row in found:
        row.authority = authorities[row.authority_id]
    return found


def _plan(
    row: SigningRequest, serial: int, use: KeyUse, filling: Filling, settling: _Settling
) -> Intent | None:
    try:
        planned = _planned(row, serial, use, filling, settling)
        tbs = certificate.to_be_signed(planned, authority_keys.scheme_of(row.authority).identifier)
    except Refusal as refusal:
        settling.refuse(row, refusal)
        return None
    except ValueError as error:
        settle(row, SigningAct.FAIL, str(error), by=settling.by, at=settling.at)
        return None
    row.state, row.serial_hex, row.failure = PLANNED, serial_hex(serial), ""
    return Intent(row, tbs, planned)


def _planned(
    row: SigningRequest, serial: int, use: KeyUse, filling: Filling, settling: _Settling
) -> Plan:
    profile = profiles.profile(row.profile)
    settling.require_may_sign(row.authority, profile)
    csr = csr_policy.read_again(bytes(row.csr))
    if csr.key.spki_sha256 != row.spki_sha256:
        raise ValueError("the key of the request is not the one that was asked for")
    admitted = csr_policy.admit(csr, profile, past=use.past)
    row.crl_shard = filling.next(row.authority, profile)
    return plan(
        profile,
        admitted,
        names.from_json(row.subject),
        tuple((str(kind), str(value)) for kind, value in row.sans),
        AuthorityFacts(row.authority.code, bytes(row.authority.der), row.crl_shard),
        serial,
        settling.at,
        filling.urls,
    )


def _lost(row: SigningRequest, use: KeyUse) -> Code | None:
    """Why a plan that is stored is not signed any more, if it is not."""
    if not issuers.is_in_service(row.authority):
        return Code.AUTHORITY_NOT_ISSUING
    return KEY_OBJECTIONS[use.past] if use.past in LOST else None


def _store_plans(planned: Sequence[Intent], by: str, at: datetime) -> None:
    if not planned:
        return
    many.update(
        SigningRequest,
        INTENT,
        (
            (intent.row.pk, PLANNED, intent.row.serial_hex, intent.tbs, intent.row.crl_shard)
            for intent in planned
        ),
    )
    journal.record_many(
        [told(intent.row, SigningAct.PLAN, by, at, intent.tbs) for intent in planned]
    )


def _certificate(intent: Intent, der: bytes, at: datetime) -> tuple[object, ...]:
    row, (begins, ends) = intent.row, _validity(intent, der)
    return (
        row.pk,
        row.authority_id,
        row.serial_hex,
        row.profile,
        der,
        row.spki_sha256,
        begins,
        ends,
        CertificateState.VALID.value,
        "",
        at,
        True,
        row.crl_shard,
        b"",
        *certificate.fingerprints(der),
    )


def _validity(intent: Intent, der: bytes) -> tuple[datetime, datetime]:
    if intent.plan is not None:
        return intent.plan.not_before, intent.plan.not_after
    loaded = certificate.load(der)
    return loaded.not_valid_before_utc, loaded.not_valid_after_utc

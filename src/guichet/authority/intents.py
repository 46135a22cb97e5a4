"""From a request to its intent, and from the signature to the certificate that is stored.

Both are done by batches: one transaction and a few statements for all, and for each certificate
everything or nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from django.db import transaction

from guichet.authority import authority_keys, issuers, key_uses, leased
from guichet.authority.filling import Filling
from guichet.authority.key_uses import KeyUse
from guichet.authority.leased import Leased
from guichet.authority.models import Certificate, CertificationAuthority, SigningRequest
from guichet.authority.settling import settle, told
from guichet.domain.catalogue import profiles
from guichet.domain.catalogue.profiles import Profile
from guichet.domain.certificates import csr_policy, key_policy
from guichet.domain.certificates.csr_policy import KEY_OBJECTIONS, AdmittedCsr, KeyPast
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
from guichet.x509 import certificate
from guichet.x509.certificate import Plan, serial_hex
from guichet.x509.csr import Csr

Given = TypeVar("Given")
Made = TypeVar("Made")
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

    row: Leased
    tbs: bytes
    plan: Plan | None = field(default=None, compare=False)

    @property
    def request_id(self) -> UUID:
        """The request's identifier."""
        return self.row.id

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
    rows, settling = leased.read(ids, by), _Settling(by, at)
    issuers.redirect(rows)
    uses = key_uses.judge_all(rows, at=at)
    new = [
        _New(row, serial, uses[row.id])
        for row, serial in zip(rows, serials, strict=False)
        if row.state == SigningState.REQUESTED
    ]
    filling = Filling([one.row for one in new], urls)
    intents = [
        Intent(row, row.tbs)
        for row in rows
        if row.state != SigningState.REQUESTED and not _is_lost(row, uses[row.id], settling)
    ]
    planned = _plan_all(new, filling, settling)
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
class _New:
    """A request without a plan, the serial number meant for it, and the use it makes of its key."""

    row: Leased
    serial: int
    use: KeyUse


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

    def refuse(self, row: Leased, refusal: Refusal) -> None:
        codes = ", ".join(objection.code.value for objection in refusal.all)
        self.settle(row, SigningAct.REFUSE, codes)

    def settle(self, row: Leased, act: SigningAct, failure: str) -> None:
        kept = SigningRequest.objects.select_related("authority").get(pk=row.id)
        settle(kept, act, failure, by=self.by, at=self.at)

    def each(
        self, ones: Iterable[tuple[_New, Given]], step: Callable[[_New, Given], Made]
    ) -> list[tuple[_New, Made]]:
        """What a step makes of each; a request that it does not pass is settled, and left out.

        A step of all before the next of any: code and tables that fill a processor's cache are
        then read once a batch, and a certificate costs a sixth less.
        """
        made = []
        for one, given in ones:
            try:
                made.append((one, step(one, given)))
            except Refusal as refusal:
                self.refuse(one.row, refusal)
            except ValueError as error:
                self.settle(one.row, SigningAct.FAIL, str(error))
        return made


def _plan_all(new: Sequence[_New], filling: Filling, settling: _Settling) -> list[Intent]:
    """The intents of what can be planned; the rest is settled."""

    def read(one: _New, _: None) -> Csr:
        return _read(one, settling)

    def admitted(one: _New, csr: Csr) -> AdmittedCsr:
        profile = profiles.profile(one.row.profile)
        return csr_policy.admit(csr, profile, past=one.use.past, sieved=sieved)

    def planned(one: _New, csr: AdmittedCsr) -> Plan:
        return _planned(one, csr, filling, settling.at)

    asked = settling.each(((one, None) for one in new), read)
    sieved = key_policy.sieve(csr.key for _, csr in asked)
    encoded = settling.each(settling.each(settling.each(asked, admitted), planned), _encoded)
    for one, _ in encoded:
        one.row.state, one.row.serial_hex, one.row.failure = PLANNED, serial_hex(one.serial), ""
    return [Intent(one.row, tbs, made) for one, (made, tbs) in encoded]


def _read(one: _New, settling: _Settling) -> Csr:
    row = one.row
    settling.require_may_sign(row.authority, profiles.profile(row.profile))
    csr = csr_policy.read_again(row.csr)
    if csr.key.spki_sha256 != row.spki_sha256:
        raise ValueError("the key of the request is not the one that was asked for")
    return csr


def _planned(one: _New, admitted: AdmittedCsr, filling: Filling, at: datetime) -> Plan:
    row = one.row
    row.crl_shard = filling.next(row.authority, admitted.profile)
    return plan(
        admitted.profile,
        admitted,
        row.subject,
        row.sans,
        AuthorityFacts(row.authority.code, bytes(row.authority.der), row.crl_shard),
        one.serial,
        at,
        filling.urls,
    )


def _encoded(one: _New, planned: Plan) -> tuple[Plan, bytes]:
    identifier = authority_keys.scheme_of(one.row.authority).identifier
    return planned, certificate.to_be_signed(planned, identifier)


def _is_lost(row: Leased, use: KeyUse, settling: _Settling) -> bool:
    """Whether a plan that is stored is not signed any more: it is settled then."""
    code = KEY_OBJECTIONS[use.past] if use.past in LOST else None
    if not issuers.is_in_service(row.authority):
        code = Code.AUTHORITY_NOT_ISSUING
    if code is not None:
        settling.settle(row, SigningAct.REFUSE, code.value)
    return code is not None


def _store_plans(planned: Sequence[Intent], by: str, at: datetime) -> None:
    if not planned:
        return
    many.update(
        SigningRequest,
        INTENT,
        (
            (intent.row.id, PLANNED, intent.row.serial_hex, intent.tbs, intent.row.crl_shard)
            for intent in planned
        ),
    )
    journal.record_many(
        [told(intent.row, SigningAct.PLAN, by, at, intent.tbs) for intent in planned]
    )


def _certificate(intent: Intent, der: bytes, at: datetime) -> tuple[object, ...]:
    row, (begins, ends) = intent.row, _validity(intent, der)
    return (
        row.id,
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

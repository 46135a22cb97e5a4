"""Lists issued by the signer, on change and on schedule: complete, delta, sharded (RFC 5280 5).

Complete and delta lists of a scope share one numbering; issued together, they bear one number and
tell the same. A delta adds to the oldest complete list that is still valid.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction

from guichet.authority import authority_keys, crl_entries, crl_records, issuers, lives
from guichet.authority.crl_entries import Horizon, Tally, horizon_after
from guichet.authority.crl_records import ScopeLists
from guichet.authority.models import CertificationAuthority, Crl, CrlScope
from guichet.authority.signing import SigningFaultError
from guichet.domain.catalogue import authorities
from guichet.domain.certificates import crl_policy
from guichet.domain.certificates.authority_states import AuthorityState, Work
from guichet.domain.certificates.crl_policy import OFFLINE, CrlKind, CrlPolicy
from guichet.domain.certificates.extensions import WHOLE, PkiUrls
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.keystore import Keystore
from guichet.x509 import certificate, crl, lints
from guichet.x509.crl_headings import Heading
from guichet.x509.signatures import BoundKey

LINTED_ENTRIES_AT_MOST: Final = 1000
SIGNER: Final = "signer"


@dataclass(frozen=True, slots=True)
class Built:
    """A list signed and checked, not stored yet."""

    row: Crl
    der: bytes


def issue_due(keystore: Keystore, at: datetime) -> tuple[str, ...]:
    """Issue the lists that are due and return the names of their scopes.

    A scope that cannot be served holds up no other. Raises SigningFaultError, the first of them,
    once all were tried; KeystoreError at once.
    """
    issued: list[str] = []
    faults: list[SigningFaultError] = []
    for lists in crl_records.latest():
        if not issuers.permits(lists.scope.authority, Work.LISTS):
            continue
        kinds = crl_policy.due(policy_of(lists.scope), lists.standing, at)
        try:
            if kinds and _issue(_Issue(lists, at), kinds, keystore):
                issued.append(lists.name)
                lives.end_if_told(lists.scope.authority, by=SIGNER, at=at)
        except SigningFaultError as fault:
            faults.append(fault)
    if faults:
        raise faults[0]
    return tuple(issued)


def issue_last(
    authority: CertificationAuthority, keystore: Keystore, at: datetime, until: datetime
) -> None:
    """Issue the lists that stay when the key is destroyed, valid until all that they tell is over.

    Raises KeystoreError; SigningFaultError, also when another signer issues at the same time.
    """
    for lists in crl_records.latest():
        if lists.scope.authority_id == authority.pk:
            _issue_surely(_Issue(lists, at, until), tuple(CrlKind), keystore)


def issue_by_file(authority: CertificationAuthority, keystore: Keystore, at: datetime) -> bytes:
    """Issue the complete list of an authority that is offline, alone: DER, to be carried away.

    Raises KeystoreError; SigningFaultError, also when another signer issues at the same time.
    """
    lists = next(one for one in crl_records.latest() if one.scope.authority_id == authority.pk)
    issue = _Issue(lists, at, at.replace(microsecond=0) + OFFLINE.validity)
    issue.has_delta = False
    _issue_surely(issue, (CrlKind.FULL,), keystore)
    newest = crl_records.of_scope(lists.scope, CrlKind.FULL).first()
    return crl_records.octets(newest) if newest else b""


def _issue_surely(issue: "_Issue", kinds: tuple[CrlKind, ...], keystore: Keystore) -> None:
    if not _issue(issue, kinds, keystore):
        raise SigningFaultError(f"{issue.lists.name}: another signer was quicker, ask again")


def policy_of(scope: CrlScope) -> CrlPolicy:
    """Roots change seldom, above all offline; the demo shows everything within the hour."""
    if scope.authority.state == AuthorityState.OFFLINE.value:
        return OFFLINE
    if scope.authority.parent_id is None:
        return crl_policy.ROOT
    return crl_policy.DEMO if settings.GUICHET.demo else crl_policy.ISSUING


def _issue(issue: "_Issue", kinds: tuple[CrlKind, ...], keystore: Keystore) -> bool:
    """Build, check and store the next lists; False when another signer was quicker."""
    key = authority_keys.key_of(issue.scope.authority, keystore)
    # Revocations counted from now on are left to the next lists, whether committed or not.
    issue.scope.authority.refresh_from_db(fields=["revocations"])
    issue.covers = issue.scope.authority.revocations
    built = tuple(_built(issue, kinds, key))
    return _store(issue.lists, built, issue.at)


class _Issue:
    """One issue of a scope's lists: what all its kinds have in common.

    They are valid until the instant that their policy says, or `until`.
    """

    def __init__(self, lists: ScopeLists, at: datetime, until: datetime | None = None) -> None:
        self.lists, self.scope, self.at, self.until = lists, lists.scope, at, until
        self.has_delta = True
        self.keeps_expired = authorities.keeps_expired(self.scope.authority.code)
        self.number = crl_policy.next_number(lists.standing, at)
        self.covers = self.scope.authority.revocations
        self.horizon = self._horizon(lists.last.get(CrlKind.FULL))

    def row(self, kind: CrlKind, base: Crl | None = None) -> Crl:
        """A list of this issue, its entries not counted yet."""
        this_update = self.at.replace(microsecond=0)
        return Crl(
            authority=self.scope.authority,
            shard=self.scope.shard,
            kind=kind.value,
            number=self.number,
            base_number=base.number if base else None,
            covers=self.covers,
            this_update=this_update,
            next_update=self.until or this_update + policy_of(self.scope).validity_of(kind),
        )

    def entries(self, base: Crl | None) -> Iterator[bytes]:
        """What a complete list tells, or what it tells more, or no more, than a base."""
        if base is None:
            return crl_entries.complete(self.scope, self.covers, self.horizon)
        if base.number == self.number:
            return iter(())
        earlier = crl_records.of_scope(self.scope, CrlKind.FULL).filter(number__lt=base.number)
        before = self._horizon(earlier.first())
        return crl_entries.changes(self.scope, base, self.covers, self.horizon, before)

    def heading(self, row: Crl) -> Heading:
        """What the list says of itself."""
        code, shard = self.scope.authority.code, self.scope.shard
        urls = PkiUrls(self.scope.pki_base or settings.GUICHET.pki_url)
        is_full = row.base_number is None
        return Heading(
            number=row.number,
            this_update=row.this_update,
            next_update=row.next_update,
            base_number=row.base_number,
            point=urls.crl(code, shard) if shard != WHOLE else None,
            freshest=urls.delta_crl(code, shard) if is_full and self.has_delta else None,
            expired_since=self._begun() if is_full and self.keeps_expired else None,
        )

    def base(self, new: Crl | None) -> Crl:
        """The complete list that the delta adds to: the new one when no older is valid.

        Raises SigningFaultError when there is neither.
        """
        last = self.lists.last.get(CrlKind.FULL)
        fulls = crl_records.of_scope(self.scope, CrlKind.FULL).filter(next_update__gt=self.at)
        rows = list(fulls.filter(number__lte=last.number)) if last else []
        found = crl_policy.base_of([crl_records.issued(row) for row in rows], self.at)
        row = next((row for row in rows if found and row.number == found.number), new)
        if row is None:
            raise SigningFaultError(f"{self.lists.name}: a delta has no list to add to")
        return row

    def _horizon(self, full: Crl | None) -> Horizon | None:
        return None if self.keeps_expired else horizon_after(full, self.at)

    def _begun(self) -> datetime:
        return certificate.load(bytes(self.scope.authority.der)).not_valid_before_utc


def _built(issue: _Issue, kinds: tuple[CrlKind, ...], key: BoundKey) -> Iterator[Built]:
    new: Crl | None = None
    for kind in kinds:
        base = issue.base(new) if kind is CrlKind.DELTA else None
        row = issue.row(kind, base)
        tally = Tally(issue.entries(base))
        issuer = bytes(issue.scope.authority.der)
        der = crl.build(issuer, issue.heading(row), tally, key)
        row.entries = tally.count
        _check(der, issue.lists, tally.count)
        new = row if kind is CrlKind.FULL else new
        yield Built(row, der)


def _check(der: bytes, lists: ScopeLists, count: int) -> None:
    if not crl.is_signed_by(der, bytes(lists.scope.authority.der)):
        raise SigningFaultError(f"the CRL of {lists.name} does not verify")
    if count <= LINTED_ENTRIES_AT_MOST and (found := lints.lint_crl(der)):
        raise SigningFaultError("lint: " + ", ".join(sorted({f.code for f in found})))


def _store(lists: ScopeLists, built: tuple[Built, ...], at: datetime) -> bool:
    """Store the lists with their journal entry; False when another signer was quicker."""
    try:
        with transaction.atomic():
            for found in built:
                crl_records.insert(found.row, found.der)
            kinds = [CrlKind(found.row.kind) for found in built]
            crl_records.drop_octets([lists.last[kind] for kind in kinds if kind in lists.last])
            _tell(lists, built, at)
            # The journal's lock is held: whoever else stores lists comes before this, or after.
            _require_first(lists, built)
    except _LateError:
        return False
    except IntegrityError:  # the same number, by another signer at the same millisecond
        kind = CrlKind(built[0].row.kind)
        if not crl_records.of_scope(lists.scope, kind).filter(number=built[0].row.number).exists():
            raise
        return False
    return True


class _LateError(Exception):
    """Another signer issued lists of the scope meanwhile, or its floor was raised."""


def _require_first(lists: ScopeLists, built: tuple[Built, ...]) -> None:
    ours = {found.row.pk for found in built}
    known = ours | {row.pk for row in lists.last.values()}
    for kind in CrlKind:
        others = crl_records.of_scope(lists.scope, kind).exclude(pk__in=ours)
        latest = others.values_list("pk", flat=True).first()
        if latest is not None and latest not in known:
            raise _LateError
    if CrlScope.objects.filter(pk=lists.scope.pk, floor__gte=built[0].row.number).exists():
        raise _LateError


def _tell(lists: ScopeLists, built: tuple[Built, ...], at: datetime) -> None:
    facts: dict[str, str | int | None] = {"number": built[0].row.number}
    for found in built:
        if found.row.base_number is None:
            facts["entries"] = found.row.entries
        else:
            facts |= {"base": found.row.base_number, "changes": found.row.entries}
    subject = f"authority:{lists.name}"
    journal.record(Event.CRL_ISSUED, subject=subject, actor=SIGNER, at=at, facts=facts)

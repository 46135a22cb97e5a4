"""Machine accounts and their credentials, read; and the actors that they open."""

from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from guichet.domain.machines import CredentialKind, MachineScope, Verb
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.identities.models import MachineAccount, MachineCredential
from guichet.identities.operations.hashing import digest

NOTED_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialFacts:
    """A credential as pages show it: never its secret, at most its first characters (`hint`)."""

    key: UUID
    kind: CredentialKind
    label: str
    mark: str
    hint: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    used_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    def is_open(self, at: datetime) -> bool:
        """Whether it still lets a machine in."""
        ended = self.revoked_at is not None or self.used_at is not None
        return not ended and (self.expires_at is None or at < self.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFacts:
    """A machine account as pages show it."""

    key: UUID
    ref: str
    name: str
    scope: MachineScope
    contact_email: str
    language: str
    created_at: datetime
    created_by: str
    creator_ref: str
    ends_at: datetime | None
    disabled_at: datetime | None
    disabled_by: str
    last_used_at: datetime | None
    last_used_by: str

    def is_open(self, at: datetime) -> bool:
        """Whether its machines are let in."""
        return self.disabled_at is None and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True)
class Entered:
    """Whom a credential let in: the actor, and which credential it was."""

    actor: Actor
    credential: UUID


def machine(key: UUID) -> MachineFacts:
    """One account. Raises Refusal MACHINE_UNKNOWN. Whether it may be seen is the caller's care."""
    row = MachineAccount.objects.filter(key=key).first()
    if row is None:
        raise Refusal(Code.MACHINE_UNKNOWN)
    return facts_of(row)


def machines_of(*structure_ids: str) -> tuple[MachineFacts, ...]:
    """The accounts of structures, by name; the disabled ones last."""
    rows = MachineAccount.objects.filter(structure_id__in=structure_ids)
    found = sorted(rows, key=lambda row: (row.disabled_at is not None, row.name.casefold(), row.pk))
    return tuple(map(facts_of, found))


def credentials_of(key: UUID) -> tuple[CredentialFacts, ...]:
    """The credentials of an account, the newest first."""
    rows = MachineCredential.objects.filter(account__key=key).order_by("-created_at", "-pk")
    return tuple(map(credential_facts, rows))


def open_credentials(keys: Collection[UUID], at: datetime) -> Mapping[UUID, Counter[str]]:
    """How many credentials still let machines in, by account and by kind (CredentialKind)."""
    found: dict[UUID, Counter[str]] = {key: Counter() for key in keys}
    rows = _open(at).filter(account__key__in=keys)
    for key, kind in rows.values_list("account__key", "kind"):
        found[key][kind] += 1
    return found


def first_known(kind: CredentialKind, marks: Iterable[str]) -> str | None:
    """The first of these marks that some credential of the kind has, open or not."""
    rows = MachineCredential.objects.filter(kind=kind.value)
    return next((mark for mark in marks if rows.filter(mark=mark).exists()), None)


def actor_of_machine(key: UUID, at: datetime) -> Actor:
    """The actor of an open account. Raises Refusal: MACHINE_UNKNOWN, MACHINE_DISABLED."""
    found = machine(key)
    if not found.is_open(at):
        raise Refusal(Code.MACHINE_DISABLED)
    return _actor(found)


def enter(kind: CredentialKind, mark: str, *, channel: str, at: datetime) -> Entered:
    """Let in the machine that showed a credential, and note when it was here last.

    `mark` is MachineCredential's; `channel` is "api", "acme" or "est". Raises Refusal:
    CREDENTIAL_WRONG (unknown, revoked, used or expired), MACHINE_DISABLED.
    """
    rows = _open(at).select_related("account")
    row = rows.filter(kind=kind.value, mark=mark).first()
    if row is None:
        raise Refusal(Code.CREDENTIAL_WRONG)
    found = facts_of(row.account)
    if not found.is_open(at):
        raise Refusal(Code.MACHINE_DISABLED)
    _note(row, channel, at)
    return Entered(_actor(found), row.key)


def enter_again(kind: CredentialKind, mark: str, *, at: datetime) -> Entered:
    """Whom a credential of one use let in: to be told again what it opened then, and no more.

    Raises Refusal: CREDENTIAL_WRONG (unknown, never used, revoked or expired), MACHINE_DISABLED.
    """
    unexpired = Q(expires_at=None) | Q(expires_at__gt=at)
    rows = MachineCredential.objects.filter(unexpired, revoked_at=None, used_at__isnull=False)
    row = rows.filter(kind=kind.value, mark=mark).select_related("account").first()
    if row is None:
        raise Refusal(Code.CREDENTIAL_WRONG)
    found = facts_of(row.account)
    if not found.is_open(at):
        raise Refusal(Code.MACHINE_DISABLED)
    return Entered(_actor(found), row.key)


def enter_by_token(secret: str, *, at: datetime, channel: str = "api") -> Entered:
    """As `enter`, with a token as it was shown when it was made."""
    return enter(CredentialKind.TOKEN, digest(secret), channel=channel, at=at)


def returns(credential: UUID, *, channel: str, at: datetime) -> bool:
    """Whether a key of one use, spent on what a machine has since, was not revoked after that.

    That the machine was here again is noted.
    """
    row = MachineCredential.objects.filter(key=credential, revoked_at=None).first()
    if row is None:
        return False
    _note(row, channel, at)
    return True


def eab_key(key_id: str) -> bytes:
    """The MAC key of an EAB key identifier, 32 octets (RFC 8555 §7.3.4): derived, never stored."""
    return salted_hmac("identities.machine.eab", key_id, algorithm="sha256").digest()


def eab_text(key_id: str) -> str:
    """The MAC key as people copy it into a client: base64url without padding."""
    return urlsafe_b64encode(eab_key(key_id)).rstrip(b"=").decode()


def facts_of(row: MachineAccount) -> MachineFacts:
    """What others are told of a stored account."""
    return MachineFacts(
        key=row.key,
        ref=str(row),
        name=row.name,
        scope=MachineScope(
            account=str(row.key),
            structure_id=row.structure_id,
            delegation=row.delegation,
            verbs=frozenset(Verb(verb) for verb in row.verbs),
            profiles=frozenset(row.profiles),
            names=tuple(row.names),
            services=tuple(row.services),
        ),
        contact_email=row.contact_email,
        language=row.language,
        created_at=row.created_at,
        created_by=row.created_by,
        creator_ref=row.creator_ref,
        ends_at=row.ends_at,
        disabled_at=row.disabled_at,
        disabled_by=row.disabled_by,
        last_used_at=row.last_used_at,
        last_used_by=row.last_used_by,
    )


def credential_facts(row: MachineCredential) -> CredentialFacts:
    """What pages are told of a stored credential."""
    return CredentialFacts(
        key=row.key,
        kind=CredentialKind(row.kind),
        label=row.label,
        mark=row.mark,
        hint=row.hint,
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        used_at=row.used_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )


def _open(at: datetime) -> QuerySet[MachineCredential]:
    unexpired = Q(expires_at=None) | Q(expires_at__gt=at)
    return MachineCredential.objects.filter(unexpired, revoked_at=None, used_at=None)


def _note(row: MachineCredential, channel: str, at: datetime) -> None:
    """Not at each call: a busy machine would write more than it reads."""
    if row.last_used_at is not None and at - row.last_used_at < NOTED_EVERY:
        return
    MachineCredential.objects.filter(pk=row.pk).update(last_used_at=at)
    MachineAccount.objects.filter(pk=row.account_id).update(last_used_at=at, last_used_by=channel)


def _actor(found: MachineFacts) -> Actor:
    return Actor(
        ref=found.ref,
        label=found.name,
        card_number=None,
        account_id=0,
        roles=frozenset(),
        email=found.contact_email,
        authenticated_by="machine",
        display_name=found.name,
        machine=found.scope,
    )

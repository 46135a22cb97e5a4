"""What happens to machine accounts and their credentials.

Whether somebody may do so for a structure is a question of rights: the caller has asked it.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from guichet.domain.identifiers import EmailAddress
from guichet.domain.machines import CredentialKind, MachineScope
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import clean
from guichet.identities.actors import Actor
from guichet.identities.machines import (
    CredentialFacts,
    MachineFacts,
    credential_facts,
    eab_text,
    facts_of,
)
from guichet.identities.models import MachineAccount, MachineCredential
from guichet.identities.operations.hashing import digest
from guichet.journal import operations as journal
from guichet.journal.events import Event

PREFIXES: Final[Mapping[CredentialKind, str]] = {
    CredentialKind.TOKEN: "gut_",
    CredentialKind.EAB: "gue_",
    CredentialKind.EST_SECRET: "gus_",
}
LIVES: Final[Mapping[CredentialKind, timedelta]] = {
    CredentialKind.TOKEN: timedelta(days=365),
    CredentialKind.EAB: timedelta(days=30),
    CredentialKind.EST_SECRET: timedelta(days=7),
}
NAME_AT_MOST: Final = 80
HINT: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineAsked:
    """A machine account to open; `scope.account` is empty: it is given here."""

    name: str
    scope: MachineScope
    contact_email: str
    language: str = "fr"
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A credential just made, and its secret, to be shown this once.

    Of an EAB key, `secret` is its key identifier: the MAC key is machines.eab_key of it.
    """

    facts: CredentialFacts
    secret: str


@transaction.atomic
def create_machine(
    *, asked: MachineAsked, by: Actor, at: datetime, key: UUID | None = None
) -> MachineFacts:
    """Open an account. Raises Refusal: FIELD_MISSING, TEXT_*, EMAIL_*, MACHINE_NEEDS_A_SCOPE.

    `key` is the account's, chosen by the page that asks: the same button pressed twice by one
    person opens one account. One that is somebody else's is not taken.
    """
    taken = _holder_of(key)
    if taken is not None and taken.creator_ref == by.ref:
        return facts_of(taken)
    row = MachineAccount(
        key=uuid4() if key is None or taken is not None else key,
        structure_id=asked.scope.structure_id,
        delegation=asked.scope.delegation,
        created_at=at,
        created_by=by.label,
        creator_ref=by.ref,
    )
    _describe(row, asked)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # another press of the button was being answered meanwhile
        taken = _holder_of(row.key)
        if taken is not None and taken.creator_ref == by.ref:
            return facts_of(taken)
        row.key = uuid4()
        row.save(force_insert=True)
    _journal(Event.MACHINE_CREATED, row, by, at, _told(row))
    return facts_of(row)


def _holder_of(key: UUID | None) -> MachineAccount | None:
    return MachineAccount.objects.filter(key=key).first() if key is not None else None


@transaction.atomic
def change_machine(*, key: UUID, asked: MachineAsked, by: Actor, at: datetime) -> MachineFacts:
    """Give an account another name, contact, end or limits; the structure stays what it is."""
    row = _locked(key)
    _describe(row, asked)
    row.save()
    _journal(Event.MACHINE_CHANGED, row, by, at, _told(row))
    return facts_of(row)


@transaction.atomic
def disable_machine(*, key: UUID, by: Actor, at: datetime) -> MachineFacts:
    """Let its machines in no longer; nothing happens to one that is disabled already."""
    row = _locked(key)
    if row.disabled_at is None:
        row.disabled_at, row.disabled_by = at, by.label
        row.save(update_fields=["disabled_at", "disabled_by"])
        _journal(Event.MACHINE_DISABLED, row, by, at, {})
    return facts_of(row)


@transaction.atomic
def enable_machine(*, key: UUID, by: Actor, at: datetime) -> MachineFacts:
    """Let the machines of a disabled account in again, with the credentials they had."""
    row = _locked(key)
    if row.disabled_at is not None:
        row.disabled_at, row.disabled_by = None, ""
        row.save(update_fields=["disabled_at", "disabled_by"])
        _journal(Event.MACHINE_ENABLED, row, by, at, {})
    return facts_of(row)


@transaction.atomic
def issue_credential(
    *, key: UUID, kind: CredentialKind, label: str, by: Actor, at: datetime
) -> Issued:
    """Make a secret of an account: a token, an EAB key or an EST secret, with the life of its kind.

    Raises Refusal: MACHINE_UNKNOWN, MACHINE_DISABLED.
    """
    secret = _secret(kind)
    mark = secret if kind is CredentialKind.EAB else digest(secret)
    return Issued(_issue(key, kind, label, (mark, secret[:HINT]), by, at), secret)


def _secret(kind: CredentialKind) -> str:
    """Command lines take a MAC key that begins with "-" for an option: none is made."""
    while True:
        secret = PREFIXES[kind] + secrets.token_urlsafe(32)
        if kind is not CredentialKind.EAB or not eab_text(secret).startswith("-"):
            return secret


@transaction.atomic
def bind_certificate(
    *, key: UUID, fingerprint: str, label: str, by: Actor, at: datetime
) -> CredentialFacts:
    """Let a certificate in for an account; `fingerprint` is the SHA-256 of its DER, hexadecimal.

    Raises Refusal: CREDENTIAL_BOUND (to an account already, or once), MACHINE_UNKNOWN,
    MACHINE_DISABLED.
    """
    if MachineCredential.objects.filter(mark=fingerprint.lower()).exists():
        raise Refusal(Code.CREDENTIAL_BOUND)
    mark = (fingerprint.lower(), fingerprint[:HINT].lower())
    try:
        with transaction.atomic():
            return _issue(key, CredentialKind.CERTIFICATE, label, mark, by, at)
    except IntegrityError:  # another account was given it at the same instant
        raise Refusal(Code.CREDENTIAL_BOUND) from None


@transaction.atomic
def revoke_credential(*, key: UUID, credential: UUID, by: Actor, at: datetime) -> CredentialFacts:
    """Let nobody in by a credential any more. Raises Refusal: CREDENTIAL_UNKNOWN."""
    account = _locked(key)
    row = account.credentials.filter(key=credential).first()
    if row is None:
        raise Refusal(Code.CREDENTIAL_UNKNOWN)
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by = at, by.label
        row.save(update_fields=["revoked_at", "revoked_by"])
        facts = {"credential": str(row.key), "kind": row.kind}
        _journal(Event.CREDENTIAL_REVOKED, account, by, at, facts)
    return credential_facts(row)


@transaction.atomic
def spend(*, credential: UUID, by: Actor, at: datetime) -> None:
    """Use a credential of one use up, in the transaction of what it opens.

    Raises Refusal: CREDENTIAL_WRONG, when another was faster.
    """
    row = MachineCredential.objects.select_for_update(no_key=True).select_related("account")
    found = row.filter(key=credential, used_at=None, revoked_at=None).first()
    if found is None:
        raise Refusal(Code.CREDENTIAL_WRONG)
    found.used_at = found.last_used_at = at
    found.save(update_fields=["used_at", "last_used_at"])
    facts = {"credential": str(found.key), "kind": found.kind}
    _journal(Event.CREDENTIAL_USED, found.account, by, at, facts)


def _issue(
    key: UUID,
    kind: CredentialKind,
    label: str,
    mark: tuple[str, str],
    by: Actor,
    at: datetime,
) -> CredentialFacts:
    account = _locked(key)
    if not facts_of(account).is_open(at):
        raise Refusal(Code.MACHINE_DISABLED)
    life = LIVES.get(kind)
    row = MachineCredential.objects.create(
        account=account,
        kind=kind.value,
        label=clean(label, limit=120, field="label") if label.strip() else "",
        mark=mark[0],
        hint=mark[1],
        created_at=at,
        created_by=by.label,
        expires_at=at + life if life else None,
    )
    facts = {"credential": str(row.key), "kind": kind.value}
    _journal(Event.CREDENTIAL_ISSUED, account, by, at, facts)
    return credential_facts(row)


def _describe(row: MachineAccount, asked: MachineAsked) -> None:
    scope = asked.scope
    if not scope.verbs or not scope.profiles:
        raise Refusal(Code.MACHINE_NEEDS_A_SCOPE, field="verbs" if scope.profiles else "profiles")
    row.name = clean(asked.name, limit=NAME_AT_MOST, field="name")
    row.contact_email = str(EmailAddress.parse(asked.contact_email))
    row.language, row.ends_at = asked.language, asked.ends_at
    row.verbs, row.profiles = sorted(scope.verbs), sorted(scope.profiles)
    row.names, row.services = list(scope.names), list(scope.services)


def _locked(key: UUID) -> MachineAccount:
    row = MachineAccount.objects.select_for_update(no_key=True).filter(key=key).first()
    if row is None:
        raise Refusal(Code.MACHINE_UNKNOWN)
    return row


def _told(row: MachineAccount) -> dict[str, Any]:
    return {
        "structure": row.structure_id,
        "verbs": " ".join(row.verbs),
        "profiles": " ".join(row.profiles),
        "names": " ".join(row.names)[:400],
        "services": ", ".join(row.services)[:400],
    }


def _journal(
    event: Event, row: MachineAccount, by: Actor, at: datetime, facts: Mapping[str, Any]
) -> None:
    journal.record(event, subject=str(row), actor=by.ref, at=at, facts=dict(facts))

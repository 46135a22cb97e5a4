"""Persons of an identity provider, and the accounts that they open."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Establishment
from guichet.identities.models import Account, ExternalIdentity
from guichet.identities.operations.signing_up import display_name
from guichet.journal import operations as journal
from guichet.journal.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalPerson:
    """Who a provider says somebody is; `subject` is its own name for that person.

    `siret` is the establishment where they work, from a provider that proves it.
    """

    provider: str
    subject: str
    given_names: str
    surname: str
    email: str
    language: str = "fr"
    siret: str = ""


@transaction.atomic
def open_external_account(*, person: ExternalPerson, at: datetime) -> int:
    """The account of a person whom the provider brings for the first time; its id.

    Raises Refusal IDENTITY_LINKED_ELSEWHERE when another account holds the identity already.
    """
    account = Account(
        display_name=display_name(person.given_names, person.surname),
        given_names=person.given_names,
        surname=person.surname,
        email=person.email,
        language=person.language,
        created_at=at,
    )
    account.set_unusable_password()
    account.save()
    facts = {"provider": person.provider}
    actor = str(account)
    journal.record(Event.ACCOUNT_REGISTERED, subject=actor, actor=actor, at=at, facts=facts)
    link_identity(
        account_id=account.pk, provider=person.provider, subject=person.subject, by=actor, at=at
    )
    return account.pk


@transaction.atomic
def link_identity(*, account_id: int, provider: str, subject: str, by: str, at: datetime) -> None:
    """Let an identity open an account. Raises Refusal IDENTITY_LINKED_ELSEWHERE.

    An account has one identity of a provider; linking the same one again changes nothing.
    """
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    known = ExternalIdentity.objects.filter(provider=provider, subject=subject).first()
    if known is not None and known.account_id == account.pk:
        return
    if known is not None or account.identities.filter(provider=provider).exists():
        raise Refusal(Code.IDENTITY_LINKED_ELSEWHERE)
    ExternalIdentity.objects.create(
        provider=provider, subject=subject, account=account, linked_at=at
    )
    facts = {"provider": provider}
    journal.record(Event.IDENTITY_LINKED, subject=str(account), actor=by, at=at, facts=facts)


@transaction.atomic
def unlink_identity(*, account_id: int, provider: str, by: str, at: datetime) -> None:
    """Take a provider's identity away from an account. Raises Refusal LAST_WAY_IN."""
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    stays = account.identities.exclude(provider=provider).exists()
    if account.login_email is None and account.national_id is None and not stays:
        raise Refusal(Code.LAST_WAY_IN)
    gone, _rows = account.identities.filter(provider=provider).delete()
    if gone:
        facts = {"provider": provider}
        journal.record(Event.IDENTITY_UNLINKED, subject=str(account), actor=by, at=at, facts=facts)


@transaction.atomic
def prove_establishment(
    *, account_id: int, person: ExternalPerson, at: datetime
) -> Establishment | None:
    """Keep where a provider says that the holder of a linked identity works, and since when.

    What it said before counts no more. None for a provider that says nothing of the kind. Raises
    Refusal ACCOUNT_UNKNOWN when the identity does not open the account.
    """
    if not person.siret:
        return None
    rows = ExternalIdentity.objects.select_for_update(of=("self",)).select_related("account")
    held = rows.filter(account_id=account_id, provider=person.provider, subject=person.subject)
    identity = held.first()
    if identity is None:
        raise Refusal(Code.ACCOUNT_UNKNOWN)
    identity.siret, identity.siret_proved_at = person.siret, at
    identity.save(update_fields=["siret", "siret_proved_at"])
    facts = {"provider": person.provider, "siret": person.siret}
    who = str(identity.account)
    journal.record(Event.ESTABLISHMENT_PROVED, subject=who, actor=who, at=at, facts=facts)
    return identity.establishment

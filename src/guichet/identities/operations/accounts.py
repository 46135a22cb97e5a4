"""Accounts and cards that somebody in charge registers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guichet.domain.identifiers import CardNumber
from guichet.identities.actors import Role
from guichet.identities.models import Account, Card
from guichet.identities.operations.holdings import note_first_holdings
from guichet.journal import operations as journal
from guichet.journal.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAsked:
    """A person to register; `roles` are values of actors.Role. Not every register is complete:
    `national_id` may be unknown."""

    display_name: str
    email: str
    national_id: str | None
    roles: Sequence[str]
    language: str = "fr"
    given_names: str = ""
    surname: str = ""


@transaction.atomic
def register_account(*, asked: AccountAsked, by: str, at: datetime) -> int:
    """Register a person, once per national identifier; the account's id, old or new."""
    same = Account.objects.filter(national_id=asked.national_id)
    if asked.national_id is not None and (known := same.first()):
        return known.pk
    roles = sorted(Role(role).value for role in asked.roles)
    account = Account(
        display_name=asked.display_name,
        given_names=asked.given_names,
        surname=asked.surname,
        email=asked.email,
        national_id=asked.national_id,
        roles=roles,
        language=asked.language,
        created_at=at,
    )
    account.set_unusable_password()
    account.save()
    note_first_holdings(account, by, at)
    journal.record(
        Event.ACCOUNT_REGISTERED,
        subject=str(account),
        actor=by,
        at=at,
        facts={"national_id": asked.national_id, "roles": " ".join(roles)},
    )
    return account.pk


@transaction.atomic
def register_card(
    *, number: str, account_id: int, holder_name: str, by: str, at: datetime, kind: str = "CPA"
) -> None:
    """Match a card to an account, once per card number. Raises Refusal CARD_NUMBER_INVALID."""
    value = CardNumber.parse(number).value
    card, is_new = Card.objects.get_or_create(
        number=value,
        defaults={
            "account_id": account_id,
            "holder_name": holder_name,
            "kind": kind,
            "opened_at": at,
        },
    )
    if is_new:
        facts = {"account": str(card.account)}
        journal.record(Event.CARD_REGISTERED, subject=str(card), actor=by, at=at, facts=facts)

"""The first two people of a new installation, whom nobody could ask for and approve."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from guichet.domain.access.roles import APPROVERS, held
from guichet.domain.duties import CARRIED_BY, STAFF, Duty, at_odds
from guichet.domain.identifiers import CardNumber, EmailAddress
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import clean
from guichet.identities.models import Account
from guichet.identities.operations.accounts import AccountAsked, register_account, register_card
from guichet.journal import operations as journal
from guichet.journal.events import Event

NAME_AT_MOST: Final = 120
IDENTIFIER_AT_MOST: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPerson:
    """Somebody to register with the card that they will log in with, and their roles."""

    name: str
    email: str
    national_id: str
    card_number: str
    roles: Sequence[str]


@transaction.atomic
def bootstrap(*, person: FirstPerson, by: str, at: datetime) -> int:
    """Register one of the first two people who may give roles; the account's id.

    Raises Refusal BOOTSTRAP_OVER once two exist, ROLE_NOT_STAFF (or no role that gives roles),
    ROLES_AT_ODDS, CARD_NUMBER_INVALID, EMAIL_INVALID, FIELD_MISSING, IDENTITY_LINKED_ELSEWHERE
    (the identifier is known already: its roles are asked for and approved).
    """
    roles = frozenset(person.roles)
    givers = CARRIED_BY[Duty.ASK_ROLES]
    if not roles <= STAFF or givers.isdisjoint(roles):
        raise Refusal(Code.ROLE_NOT_STAFF, field="role")
    for one, other in at_odds(roles):
        raise Refusal(Code.ROLES_AT_ODDS, role=one, other=other)
    everybody = (
        Account.objects.select_for_update(no_key=True).filter(is_active=True).exclude(roles=[])
    )
    known = [one for one in everybody if givers & held(one.roles, one.role_ends, at)]
    if len(known) >= APPROVERS:
        raise Refusal(Code.BOOTSTRAP_OVER)
    national_id = clean(person.national_id, limit=IDENTIFIER_AT_MOST, field="national_id")
    if Account.objects.filter(national_id=national_id).exists():
        raise Refusal(Code.IDENTITY_LINKED_ELSEWHERE)
    number = CardNumber.parse(person.card_number).value
    asked = AccountAsked(
        display_name=clean(person.name, limit=NAME_AT_MOST, field="name"),
        email=EmailAddress.parse(person.email).value,
        national_id=national_id,
        roles=sorted(roles),
    )
    account_id = register_account(asked=asked, by=by, at=at)
    register_card(
        number=number, account_id=account_id, holder_name=asked.display_name, by=by, at=at
    )
    subject, facts = f"card:{number}", {"roles": " ".join(sorted(roles))}
    journal.record(Event.ACCESS_BOOTSTRAPPED, subject=subject, actor=by, at=at, facts=facts)
    return account_id

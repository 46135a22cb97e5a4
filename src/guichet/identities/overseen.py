"""People as those who work at the counter find them: never a secret, never what opens a login."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from guichet.domain.refusals import Code, Refusal
from guichet.identities.machines import MachineFacts, facts_of
from guichet.identities.models import Account, Card, MachineAccount
from guichet.identities.queries import CardFacts

FOUND_AT_MOST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account, open or not, and its cards; `ref` is its name in the journal."""

    ref: str
    public_id: UUID
    display_name: str
    email: str
    national_id: str
    roles: tuple[str, ...]
    is_active: bool
    created_at: datetime
    last_login: datetime | None
    cards: tuple[CardFacts, ...]


def person(public_id: UUID) -> Person:
    """One account. Raises Refusal(SHEET_UNKNOWN)."""
    row = Account.objects.filter(public_id=public_id).first()
    if row is None:
        raise Refusal(Code.SHEET_UNKNOWN)
    return _person(row)


def people_named(identifier: str) -> tuple[Person, ...]:
    """Whoever has this card number, national identifier or e-mail address to log in with."""
    holders = Card.objects.filter(number=identifier).values("account")
    known = Q(pk__in=holders) | Q(national_id=identifier) | Q(login_email=identifier.casefold())
    return tuple(map(_person, Account.objects.filter(known).order_by("pk")[:FOUND_AT_MOST]))


def people_of_id(public_id: UUID) -> tuple[Person, ...]:
    """The account of this identifier, if there is one."""
    return tuple(map(_person, Account.objects.filter(public_id=public_id)))


def machines_of_key(key: UUID) -> tuple[MachineFacts, ...]:
    """The machine account of this key, if there is one."""
    return tuple(map(facts_of, MachineAccount.objects.filter(key=key)))


def people_found(words: Sequence[str]) -> tuple[Person, ...]:
    """Accounts whose name or address holds every word, FOUND_AT_MOST of them."""
    rows = Account.objects.all()
    for word in words:
        rows = rows.filter(Q(display_name__icontains=word) | Q(email__icontains=word))
    return tuple(map(_person, rows.order_by("display_name", "pk")[:FOUND_AT_MOST]))


def machines_found(words: Sequence[str]) -> tuple[MachineFacts, ...]:
    """Machine accounts whose name holds every word, FOUND_AT_MOST of them."""
    rows = MachineAccount.objects.all()
    for word in words:
        rows = rows.filter(name__icontains=word)
    return tuple(map(facts_of, rows.order_by("name", "pk")[:FOUND_AT_MOST]))


def _person(row: Account) -> Person:
    cards = row.cards.order_by("-opened_at", "-pk")
    return Person(
        ref=str(row),
        public_id=row.public_id,
        display_name=row.display_name,
        email=row.email,
        national_id=row.national_id or "",
        roles=tuple(row.roles),
        is_active=row.is_active,
        created_at=row.created_at,
        last_login=row.last_login,
        cards=tuple(map(CardFacts.of, cards)),
    )

"""Who holds a card, which cards somebody holds, and whom to write to: for other apps to ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from guichet.identities.models import Account, Card, ExternalIdentity


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody to write to, in their language."""

    account_id: int
    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCard:
    """A registered card, and since when it opens the account."""

    number: str
    account_id: int
    opened_at: datetime


def contacts(account_ids: Iterable[int]) -> tuple[Contact, ...]:
    """The open accounts among these, by name."""
    rows = Account.objects.filter(pk__in=set(account_ids), is_active=True)
    return tuple(_contact(row) for row in rows.order_by("display_name", "pk"))


def holders(numbers: Iterable[str]) -> Mapping[str, Contact]:
    """Who holds these cards, by card number; a card nobody registered is absent."""
    rows = Card.objects.filter(number__in=set(numbers), account__is_active=True)
    return {row.number: _contact(row.account) for row in rows.select_related("account")}


def cards_of(account_id: int) -> tuple[HeldCard, ...]:
    """The cards of an account, the newest first."""
    rows = Card.objects.filter(account_id=account_id, ended_at=None)
    return tuple(
        HeldCard(number=row.number, account_id=account_id, opened_at=row.opened_at)
        for row in rows.order_by("-opened_at", "-pk")
    )


def national_id_of(account_id: int) -> str | None:
    """The national person identifier of an open account."""
    found = Account.objects.filter(pk=account_id, is_active=True).first()
    return found.national_id if found else None


def siret_of(account_id: int) -> str:
    """The establishment that an identity provider named last; empty when none says so any more."""
    proved = ExternalIdentity.objects.filter(account_id=account_id, account__is_active=True)
    found = proved.exclude(siret="").order_by("-siret_proved_at", "-pk").first()
    return found.siret if found else ""


def holders_of_several_cards() -> tuple[int, ...]:
    """The accounts of people who have had their card renewed."""
    several = Account.objects.filter(is_active=True).annotate(held=Count("cards"))
    return tuple(several.filter(held__gt=1).order_by("pk").values_list("pk", flat=True))


def _contact(row: Account) -> Contact:
    name = f"{row.given_names} {row.surname}".strip() or row.display_name
    return Contact(account_id=row.pk, name=name, email=row.email, language=row.language)

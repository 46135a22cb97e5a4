"""Accounts and cards, read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from django.utils import timezone

from guichet.domain.access.emergencies import Emergency
from guichet.domain.access.roles import held
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import (
    NO_PROOF,
    Actor,
    AuthenticatedBy,
    Establishment,
    Proof,
    roles_in_effect,
)
from guichet.identities.models import Account, Card, ExternalIdentity
from guichet.journal import queries as journal
from guichet.journal.events import Event

LOGINS_SHOWN: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """A card of an account, as its holder sees it."""

    number: str
    holder_name: str
    kind: str
    opened_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, card: Card) -> Self:
        """From the stored row."""
        return cls(
            number=card.number,
            holder_name=card.holder_name,
            kind=card.kind,
            opened_at=card.opened_at,
            ended_at=card.ended_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinFacts:
    """The other account of a person: its name, its open cards, since when the two go together."""

    name: str
    email: str
    cards: tuple[str, ...]
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """An account as its holder sees it.

    `linked` tells since when by provider; `proved` what a provider last said of where they work;
    `twin` is the same person's other account.
    """

    ref: str
    display_name: str
    given_names: str
    surname: str
    email: str
    email_verified_at: datetime | None
    phone: str
    national_id: str | None
    has_password: bool
    may_rename: bool
    cards: tuple[CardFacts, ...]
    linked: dict[str, datetime]
    proved: dict[str, Establishment]
    twin: "TwinFacts | None"
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginFacts:
    """A login of an account, opened or refused; `by` is how, `why` the code of a refusal."""

    at: datetime
    by: str
    why: str


def facts(account_id: int) -> AccountFacts:
    """One account, for its holder. Raises Refusal ACCOUNT_UNKNOWN."""
    rows = Account.objects.select_related("twin").filter(pk=account_id, is_active=True)
    account = rows.first()
    if account is None:
        raise Refusal(Code.ACCOUNT_UNKNOWN)
    identities = list(account.identities.all())
    return AccountFacts(
        ref=str(account),
        display_name=account.display_name,
        given_names=account.given_names,
        surname=account.surname,
        email=account.email,
        email_verified_at=account.email_verified_at,
        phone=account.phone,
        national_id=account.national_id,
        has_password=account.login_email is not None,
        may_rename=not account.is_vouched_for,
        cards=tuple(CardFacts.of(card) for card in account.cards.order_by("-opened_at", "-pk")),
        linked={identity.provider: identity.linked_at for identity in identities},
        proved={i.provider: found for i in identities if (found := i.establishment) is not None},
        twin=_twin(account),
        created_at=account.created_at,
    )


def recent_logins(ref: str) -> tuple[LoginFacts, ...]:
    """The last logins of an account, the newest first, refused ones among them."""
    kinds = {Event.LOGGED_IN.value, Event.LOGIN_REFUSED.value}
    told = [entry for entry in journal.entries_about(ref) if entry.event in kinds]
    return tuple(
        LoginFacts(at=e.at, by=str(e.facts.get("by", "")), why=str(e.facts.get("why", "")))
        for e in reversed(told[-LOGINS_SHOWN:])
    )


def has_closed_first_visit(account_id: int) -> bool:
    """Whether somebody put away the steps shown to who is new; one query."""
    return Account.objects.filter(pk=account_id, first_visit_closed_at__isnull=False).exists()


def account_of_identity(provider: str, subject: str) -> int | None:
    """Id of the open account that a provider's person opens."""
    known = ExternalIdentity.objects.filter(
        provider=provider, subject=subject, account__is_active=True
    ).first()
    return known.account_id if known else None


def local_account(email: str) -> int | None:
    """Id of the open and confirmed local account of a folded address."""
    confirmed = Account.objects.filter(is_active=True, email_verified_at__isnull=False)
    found = confirmed.filter(login_email=email).first()
    return found.pk if found else None


def actor_of_card(card_id: int) -> Actor:
    """The actor that a recognised card opens. Raises Refusal CARD_UNKNOWN once it is gone."""
    card = Card.objects.select_related("account").filter(pk=card_id).first()
    if card is None:
        raise Refusal(Code.CARD_UNKNOWN)
    return actor_of(card.account, card, "card")


def account_of_national_id(national_id: str) -> int | None:
    """Id of the open account of a national person identifier."""
    found = Account.objects.filter(national_id=national_id, is_active=True).first()
    return found.pk if found else None


def ref_of_login(email: str) -> str:
    """The journal's name of the local account of a folded address; empty when there is none."""
    found = Account.objects.filter(login_email=email).first()
    return str(found) if found else ""


def actor_of(
    account: Account,
    card: Card | None,
    by: AuthenticatedBy,
    proof: Proof = NO_PROOF,
    at: datetime | None = None,
) -> Actor:
    """The frozen value of an account, acting with `card`, with the roles that `by` lets it use.

    Roles whose end is past are no longer held `at` that instant, which is now when not told.
    """
    now = at or timezone.now()
    emergency = emergency_of(account, now)
    roles = held(account.roles, account.role_ends, now)
    if emergency is not None:
        roles |= {emergency.role}
    in_effect = roles_in_effect(roles, by, second_factor=proof.second_factor)
    return Actor(
        ref=str(card or account),
        label=card.holder_name if card else account.display_name,
        card_number=card.number if card else None,
        account_id=account.pk,
        roles=in_effect,
        email=account.email,
        authenticated_by=by,
        display_name=account.display_name,
        given_names=account.given_names,
        surname=account.surname,
        national_id=account.national_id,
        establishment=proof.establishment,
        twin_id=account.twin_id,
        emergency=emergency if emergency and emergency.role in in_effect else None,
        proved_at=proof.at,
    )


def emergency_of(account: Account, at: datetime) -> Emergency | None:
    """The role that the account holds by break-glass at an instant."""
    if account.emergency_ends_at is None:
        return None
    found = Emergency(account.emergency_role, account.emergency_ends_at)
    return found if found.lasts(at) else None


def _twin(account: Account) -> TwinFacts | None:
    twin = account.twin
    if twin is None:
        return None
    cards = Card.objects.filter(account=twin, ended_at=None).order_by("-opened_at", "-pk")
    return TwinFacts(
        name=twin.display_name,
        email=twin.email,
        cards=tuple(cards.values_list("number", flat=True)),
        since=account.twin_since,
    )


def contact(account_id: int) -> tuple[str, str] | None:
    """Display name and e-mail of an open account."""
    found = Account.objects.filter(pk=account_id, is_active=True).first()
    return (found.display_name, found.email) if found else None

"""Accounts, cards and one-time login codes: every change, and what the journal keeps of it."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from guichet.domain.identifiers import CardNumber
from guichet.domain.refusals import Code, Refusal
from guichet.identities import cards
from guichet.identities.actors import Role
from guichet.identities.models import Account, Card, LoginTicket
from guichet.journal import operations as journal
from guichet.journal.events import Event

TICKET_LIFE: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAsked:
    """A person to register; `roles` are values of actors.Role."""

    display_name: str
    email: str
    national_id: str
    roles: Sequence[str]
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """What a login ticket was worth: the account, the card ("card:<number>") and its
    certificate (DER)."""

    account_id: int
    card: str
    certificate: bytes


@transaction.atomic
def register_account(*, asked: AccountAsked, by: str, at: datetime) -> int:
    """Register a person, once per national identifier; the account's id, old or new."""
    known = Account.objects.filter(national_id=asked.national_id).first()
    if known:
        return known.pk
    roles = sorted(Role(role).value for role in asked.roles)
    account = Account(
        display_name=asked.display_name,
        email=asked.email,
        national_id=asked.national_id,
        roles=roles,
        language=asked.language,
        created_at=at,
    )
    account.set_unusable_password()
    account.save()
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


@transaction.atomic
def issue_ticket(*, card: cards.RecognisedCard, binding: str, at: datetime) -> str:
    """A one-time code for the portal session whose nonce hashes to `binding`; kept hashed."""
    LoginTicket.objects.filter(expires_at__lt=at - TICKET_LIFE).delete()
    code = secrets.token_urlsafe(32)
    LoginTicket.objects.create(
        code_hash=_hash(code),
        binding=binding,
        card_id=card.card_id,
        certificate=card.certificate,
        created_at=at,
        expires_at=at + TICKET_LIFE,
    )
    return code


def redeem_ticket(*, code: str, nonce: str, at: datetime) -> LoggedIn:
    """Exchange a code, once, in the session that holds its nonce.

    Any try burns the code, also from a wrong session. Raises Refusal LOGIN_TICKET_INVALID.
    """
    with transaction.atomic():
        waiting = LoginTicket.objects.filter(code_hash=_hash(code), used_at=None)
        is_first = waiting.update(used_at=at) == 1
    ticket = LoginTicket.objects.select_related("card").filter(code_hash=_hash(code)).first()
    is_bound = ticket is not None and secrets.compare_digest(ticket.binding, _hash(nonce))
    if ticket is None or not is_first or not is_bound or at >= ticket.expires_at:
        raise Refusal(Code.LOGIN_TICKET_INVALID)
    return LoggedIn(ticket.card.account_id, str(ticket.card), bytes(ticket.certificate))


@transaction.atomic
def note_login(*, actor: str, account: str, by: str, at: datetime) -> None:
    """Journal a login; `by` is "card" or "ecps"."""
    journal.record(Event.LOGGED_IN, subject=account, actor=actor, at=at, facts={"by": by})


@transaction.atomic
def note_logout(*, actor: str, at: datetime) -> None:
    """Journal a logout."""
    journal.record(Event.LOGGED_OUT, subject=actor, actor=actor, at=at)


@transaction.atomic
def note_refused_login(*, by: str, why: str, at: datetime, who: str = "anonymous") -> None:
    """Journal a login that was refused for another cause than a card."""
    facts = {"by": by, "why": why}
    journal.record(Event.LOGIN_REFUSED, subject=f"login:{by}", actor=who, at=at, facts=facts)


@transaction.atomic
def note_refused_card(chain: Sequence[bytes], refusal: Refusal, *, at: datetime) -> None:
    """Journal a card that was presented and refused; nothing when none was presented."""
    if not chain:
        return
    number = cards.claimed_number(chain)
    journal.record(
        Event.CARD_REFUSED,
        subject=f"card:{number}" if number else "card:unreadable",
        actor="anonymous",
        at=at,
        facts={"why": refusal.code.value, "sha256": hashlib.sha256(chain[0]).hexdigest()},
    )


@transaction.atomic
def note_ended_session(account: object, refusal: Refusal, *, at: datetime) -> None:
    """Journal a session that ended because its card no longer holds."""
    facts = {"why": refusal.code.value}
    journal.record(
        Event.SESSION_ENDED, subject=str(account), actor=str(account), at=at, facts=facts
    )


def binding_of(nonce: str) -> str:
    """What may travel through the browser's address bar in place of the nonce."""
    return _hash(nonce)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

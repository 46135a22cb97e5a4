"""What the journal keeps of logins: opened, refused, locked, ended."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from guichet.domain.refusals import Refusal
from guichet.identities import cards
from guichet.journal import operations as journal
from guichet.journal.events import Event


@transaction.atomic
def note_login(*, actor: str, account: str, by: str, at: datetime) -> None:
    """Journal a login; `by` is a value of actors.AuthenticatedBy."""
    journal.record(Event.LOGGED_IN, subject=account, actor=actor, at=at, facts={"by": by})


@transaction.atomic
def note_logout(*, actor: str, at: datetime) -> None:
    """Journal a logout."""
    journal.record(Event.LOGGED_OUT, subject=actor, actor=actor, at=at)


@transaction.atomic
def note_refused_login(
    *, by: str, why: str, at: datetime, who: str = "anonymous", account: str = ""
) -> None:
    """Journal a login that was refused for another cause than a card; `account` when known."""
    facts = {"by": by, "why": why}
    subject = account or f"login:{by}"
    journal.record(Event.LOGIN_REFUSED, subject=subject, actor=who, at=at, facts=facts)


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
    """Journal a session that ended because its card no longer holds, or because it is old."""
    facts = {"why": refusal.code.value}
    journal.record(
        Event.SESSION_ENDED, subject=str(account), actor=str(account), at=at, facts=facts
    )

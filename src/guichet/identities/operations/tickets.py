"""One-time codes that hand a card login over from the card port to the portal."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from guichet.domain.refusals import Code, Refusal
from guichet.identities import cards
from guichet.identities.models import LoginTicket
from guichet.identities.operations.hashing import digest

TICKET_LIFE: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """What a login ticket was worth: the account, the card ("card:<number>") and its
    certificate (DER)."""

    account_id: int
    card: str
    certificate: bytes


@transaction.atomic
def issue_ticket(*, card: cards.RecognisedCard, binding: str, at: datetime) -> str:
    """A one-time code for the portal session whose nonce hashes to `binding`; kept hashed."""
    LoginTicket.objects.filter(expires_at__lt=at - TICKET_LIFE).delete()
    code = secrets.token_urlsafe(32)
    LoginTicket.objects.create(
        code_hash=digest(code),
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
        waiting = LoginTicket.objects.filter(code_hash=digest(code), used_at=None)
        is_first = waiting.update(used_at=at) == 1
    ticket = LoginTicket.objects.select_related("card").filter(code_hash=digest(code)).first()
    is_bound = ticket is not None and secrets.compare_digest(ticket.binding, digest(nonce))
    if ticket is None or not is_first or not is_bound or at >= ticket.expires_at:
        raise Refusal(Code.LOGIN_TICKET_INVALID)
    return LoggedIn(ticket.card.account_id, str(ticket.card), bytes(ticket.certificate))


def binding_of(nonce: str) -> str:
    """What may travel through the browser's address bar in place of the nonce."""
    return digest(nonce)

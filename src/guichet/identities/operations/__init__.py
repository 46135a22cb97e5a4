"""What happens to accounts, cards, links and logins, one transaction each."""

from guichet.identities.operations.accounts import AccountAsked, register_account, register_card
from guichet.identities.operations.notes import (
    note_ended_session,
    note_login,
    note_logout,
    note_refused_card,
    note_refused_login,
)
from guichet.identities.operations.tickets import (
    TICKET_LIFE,
    LoggedIn,
    binding_of,
    issue_ticket,
    redeem_ticket,
)

__all__ = [
    "TICKET_LIFE",
    "AccountAsked",
    "LoggedIn",
    "binding_of",
    "issue_ticket",
    "note_ended_session",
    "note_login",
    "note_logout",
    "note_refused_card",
    "note_refused_login",
    "redeem_ticket",
    "register_account",
    "register_card",
]

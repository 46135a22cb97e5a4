"""What happens to accounts, cards, links and logins, one transaction each."""

from guichet.identities.operations.accounts import AccountAsked, register_account, register_card
from guichet.identities.operations.describing import (
    address_of_link,
    ask_address,
    change_address,
    describe,
)
from guichet.identities.operations.external import (
    ExternalPerson,
    link_identity,
    open_external_account,
    prove_establishment,
    unlink_identity,
)
from guichet.identities.operations.new_cards import register_new_card
from guichet.identities.operations.notes import (
    note_ended_session,
    note_login,
    note_logout,
    note_refused_card,
    note_refused_login,
)
from guichet.identities.operations.passwords import (
    ask_reset,
    change_password,
    require_reset_link,
    reset_password,
)
from guichet.identities.operations.signing_up import (
    SignUpAsked,
    confirm,
    confirmation_needs_password,
    folded,
    resend,
    sign_up,
)
from guichet.identities.operations.tickets import (
    TICKET_LIFE,
    LoggedIn,
    binding_of,
    issue_ticket,
    redeem_ticket,
)
from guichet.identities.operations.twins import attach_card, detach_card

__all__ = [
    "TICKET_LIFE",
    "AccountAsked",
    "ExternalPerson",
    "LoggedIn",
    "SignUpAsked",
    "address_of_link",
    "ask_address",
    "ask_reset",
    "attach_card",
    "binding_of",
    "change_address",
    "change_password",
    "confirm",
    "confirmation_needs_password",
    "describe",
    "detach_card",
    "folded",
    "issue_ticket",
    "link_identity",
    "note_ended_session",
    "note_login",
    "note_logout",
    "note_refused_card",
    "note_refused_login",
    "open_external_account",
    "prove_establishment",
    "redeem_ticket",
    "register_account",
    "register_card",
    "register_new_card",
    "require_reset_link",
    "resend",
    "reset_password",
    "sign_up",
    "unlink_identity",
]

"""What happens to accounts, cards, links and logins, one transaction each."""

from guichet.identities.operations.accounts import AccountAsked, register_account, register_card
from guichet.identities.operations.bootstrap import FirstPerson, bootstrap
from guichet.identities.operations.describing import (
    address_of_link,
    ask_address,
    change_address,
    describe,
)
from guichet.identities.operations.emergencies import (
    end_emergency,
    open_emergency,
    review_emergency,
)
from guichet.identities.operations.ending import end_what_is_over
from guichet.identities.operations.external import (
    ExternalPerson,
    link_identity,
    open_external_account,
    prove_establishment,
    unlink_identity,
)
from guichet.identities.operations.first_visit import close_first_visit
from guichet.identities.operations.new_cards import register_new_card
from guichet.identities.operations.notes import (
    note_ended_session,
    note_login,
    note_logout,
    note_refused_card,
    note_refused_login,
)
from guichet.identities.operations.open_sessions import (
    end_session,
    keep_open_session,
    rename_open_session,
)
from guichet.identities.operations.passwords import (
    ask_reset,
    change_password,
    require_reset_link,
    reset_password,
)
from guichet.identities.operations.reviews import (
    Said,
    begin_review,
    end_review,
    review_account,
)
from guichet.identities.operations.roles import (
    approve_role,
    ask_role,
    refuse_role,
    withdraw_role_request,
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
    "FirstPerson",
    "LoggedIn",
    "Said",
    "SignUpAsked",
    "address_of_link",
    "approve_role",
    "ask_address",
    "ask_reset",
    "ask_role",
    "attach_card",
    "begin_review",
    "binding_of",
    "bootstrap",
    "change_address",
    "change_password",
    "close_first_visit",
    "confirm",
    "confirmation_needs_password",
    "describe",
    "detach_card",
    "end_emergency",
    "end_review",
    "end_session",
    "end_what_is_over",
    "folded",
    "issue_ticket",
    "keep_open_session",
    "link_identity",
    "note_ended_session",
    "note_login",
    "note_logout",
    "note_refused_card",
    "note_refused_login",
    "open_emergency",
    "open_external_account",
    "prove_establishment",
    "redeem_ticket",
    "refuse_role",
    "register_account",
    "register_card",
    "register_new_card",
    "rename_open_session",
    "require_reset_link",
    "resend",
    "reset_password",
    "review_account",
    "review_emergency",
    "sign_up",
    "unlink_identity",
    "withdraw_role_request",
]

"""What identities keeps: accounts and ways in to them, the roles of the staff, their sessions."""

from guichet.identities.models.accounts import (
    Account,
    AccountLink,
    AccountManager,
    Card,
    ExternalIdentity,
    LinkPurpose,
    LoginTicket,
    MachineAccount,
    MachineCredential,
    Try,
    holds,
)
from guichet.identities.models.roles import (
    AccessReview,
    EmergencyAccess,
    OpenSession,
    ReviewedAccount,
    RoleHolding,
    RoleRequest,
)

__all__ = [
    "AccessReview",
    "Account",
    "AccountLink",
    "AccountManager",
    "Card",
    "EmergencyAccess",
    "ExternalIdentity",
    "LinkPurpose",
    "LoginTicket",
    "MachineAccount",
    "MachineCredential",
    "OpenSession",
    "ReviewedAccount",
    "RoleHolding",
    "RoleRequest",
    "Try",
    "holds",
]

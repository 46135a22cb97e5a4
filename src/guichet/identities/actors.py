"""Who acts: the frozen value that other apps receive instead of an account row."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

AuthenticatedBy = Literal["card", "ecps", "account"]


class Role(StrEnum):
    """What an account may be; one account may be several."""

    ADMINISTRATOR = "administrator"
    REPRESENTATIVE = "representative"
    INSTRUCTOR = "instructor"
    OPERATOR = "operator"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person recognised for the length of one request.

    `ref` names the actor in the journal ("card:2800143590" or "account:<uuid>"); `label` is
    what the deck prints ("DIRECTRICE-CH143590001 / SOPHIE"). `card_number` is the card whose
    rights apply, also when the login was by e-CPS.
    """

    ref: str
    label: str
    card_number: str | None
    account_id: int
    roles: frozenset[str]
    email: str
    authenticated_by: AuthenticatedBy

    def is_a(self, *roles: str) -> bool:
        """Whether the actor holds one of `roles`."""
        return not self.roles.isdisjoint(roles)

"""Who acts: the frozen value that other apps receive instead of an account row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from guichet.domain.duties import Duty, carries
from guichet.domain.machines import MachineScope

AuthenticatedBy = Literal["card", "ecps", "franceconnect", "proconnect", "account", "machine"]


class Role(StrEnum):
    """What an account may be; one account may be several."""

    ADMINISTRATOR = "administrator"
    REPRESENTATIVE = "representative"
    INSTRUCTOR = "instructor"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    CA_OFFICER = "ca-officer"
    SUPPORT = "support"


# The logins that prove who somebody is as a card does; the others open an applicant's rights alone.
STRONG_LOGINS: Final[frozenset[str]] = frozenset({"card", "ecps"})
APPLICANT_ROLES: Final[frozenset[str]] = frozenset({Role.REPRESENTATIVE.value})


@dataclass(frozen=True, slots=True)
class Establishment:
    """Where an identity provider says that somebody works (a SIRET), and when it said so."""

    siret: str
    proved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person recognised for the length of one request.

    `ref` names the actor in the journal ("card:2800143590" or "account:<uuid>"); `label` is
    what the deck prints ("DIRECTRICE-CH143590001 / SOPHIE"). `card_number` is the card whose
    rights apply, also when the login was by e-CPS; the other logins have none. `display_name` is
    the account's own name, `national_id` is known of card holders alone. `establishment` is what
    ProConnect proved in this very session. `twin_id` is the person's other account, whose dossiers
    are theirs too. `machine` limits a machine account, which has no card and no account
    (`account_id` 0): its `ref` is "machine:<uuid>".
    """

    ref: str
    label: str
    card_number: str | None
    account_id: int
    roles: frozenset[str]
    email: str
    authenticated_by: AuthenticatedBy
    display_name: str = ""
    given_names: str = ""
    surname: str = ""
    national_id: str | None = None
    establishment: Establishment | None = None
    twin_id: int | None = None
    machine: MachineScope | None = None

    @property
    def accounts(self) -> frozenset[int]:
        """The accounts of this person: the one logged in to, and its twin."""
        return frozenset(
            {self.account_id} if self.twin_id is None else {self.account_id, self.twin_id}
        )

    def is_a(self, *roles: str) -> bool:
        """Whether the actor holds one of `roles`."""
        return not self.roles.isdisjoint(roles)

    def may(self, duty: Duty) -> bool:
        """Whether one of the actor's roles carries this duty."""
        return carries(self.roles, duty)


def roles_in_effect(roles: Iterable[str], by: AuthenticatedBy) -> frozenset[str]:
    """The roles of an account that this way of logging in lets one use."""
    held = frozenset(roles)
    return held if by in STRONG_LOGINS else held & APPLICANT_ROLES

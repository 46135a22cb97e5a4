"""Who acts: the frozen value that other apps receive instead of an account row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from guichet.domain.access.emergencies import Emergency
from guichet.domain.duties import STAFF, Duty, carries
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


# The logins that prove who somebody is as a card does; of the others, one whose second factor is
# proved opens the roles of the staff too, and the rest an applicant's rights alone.
STRONG_LOGINS: Final[frozenset[str]] = frozenset({"card", "ecps"})
APPLICANT_ROLES: Final[frozenset[str]] = frozenset({Role.REPRESENTATIVE.value})


@dataclass(frozen=True, slots=True)
class Establishment:
    """Where an identity provider says that somebody works (a SIRET), and when it said so."""

    siret: str
    proved_at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """What a session knows of its login beside how it was: where its person was proved to work,
    whether by two factors, and when they last proved who they are."""

    establishment: Establishment | None = None
    second_factor: bool = False
    at: datetime | None = None


NO_PROOF: Final = Proof()


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person recognised for the length of one request.

    `ref` names the actor in the journal ("card:2800143590" or "account:<uuid>"); `label` is
    what the deck prints ("DIRECTRICE-CH143590001 / SOPHIE"). `card_number` is the card whose
    rights apply, also when the login was by e-CPS; the other logins have none. `display_name` is
    the account's own name, `national_id` is known of card holders alone. `establishment` is what
    ProConnect proved in this very session. `twin_id` is the person's other account, whose dossiers
    are theirs too. `emergency` is a role among `roles` that was opened by break-glass; `proved_at`
    is when the person last proved who they are, for a session. `machine` limits a machine account,
    which has no card and no account (`account_id` 0): its `ref` is "machine:<uuid>".
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
    emergency: Emergency | None = None
    proved_at: datetime | None = None
    machine: MachineScope | None = None

    @property
    def accounts(self) -> frozenset[int]:
        """The accounts of this person: the one logged in to, and its twin."""
        return frozenset(
            {self.account_id} if self.twin_id is None else {self.account_id, self.twin_id}
        )

    @property
    def full_name(self) -> str:
        """Given names and surname; else what the account or the deck calls the person."""
        return f"{self.given_names} {self.surname}".strip() or self.display_name or self.label

    def is_a(self, *roles: str) -> bool:
        """Whether the actor holds one of `roles`."""
        return not self.roles.isdisjoint(roles)

    def may(self, duty: Duty) -> bool:
        """Whether one of the actor's roles carries this duty."""
        return carries(self.roles, duty)


def roles_in_effect(
    roles: Iterable[str],
    by: AuthenticatedBy,
    *,
    second_factor: bool = False,
) -> frozenset[str]:
    """The roles of an account that this way of logging in lets one use.

    Those of the staff are in effect by card, by e-CPS, and by another provider that says that it
    asked for a second factor; never by password, nor by FranceConnect.
    """
    held = frozenset(roles)
    if by in STRONG_LOGINS:
        return held
    return held & (APPLICANT_ROLES | STAFF if second_factor else APPLICANT_ROLES)

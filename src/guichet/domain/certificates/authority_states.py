"""The life of an authority as a table, and what its key signs in each state."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from guichet.domain.machine import Machine


class AuthorityState(StrEnum):
    """Where an authority stands."""

    ACTIVE = "active"
    RETIRING = "retiring"  # a newer one issues, or none: it still tells of what it signed
    OFFLINE = "offline"  # its key is elsewhere: what it signs comes by files
    ENDED = "ended"  # all that it signed is over, and its lists have told it
    DESTROYED = "destroyed"  # its key is no more


class AuthorityAct(StrEnum):
    """What happens to an authority."""

    RETIRE = "retire"
    END = "end"
    DESTROY = "destroy"
    SACRIFICE = "sacrifice"  # its key is destroyed in an incident, while it still serves


class Work(StrEnum):
    """What the key of an authority signs."""

    CERTIFICATES = "certificates"
    AUTHORITIES = "authorities"
    DELEGATES = "delegates"  # certificates of its OCSP responders
    LISTS = "lists"


AUTHORITIES: Final = Machine[AuthorityState, AuthorityAct](
    {
        (AuthorityState.ACTIVE, AuthorityAct.RETIRE): AuthorityState.RETIRING,
        (AuthorityState.RETIRING, AuthorityAct.END): AuthorityState.ENDED,
        (AuthorityState.OFFLINE, AuthorityAct.END): AuthorityState.ENDED,
        (AuthorityState.RETIRING, AuthorityAct.DESTROY): AuthorityState.DESTROYED,
        (AuthorityState.ENDED, AuthorityAct.DESTROY): AuthorityState.DESTROYED,
        (AuthorityState.ACTIVE, AuthorityAct.SACRIFICE): AuthorityState.DESTROYED,
        (AuthorityState.RETIRING, AuthorityAct.SACRIFICE): AuthorityState.DESTROYED,
    }
)
PERMITTED: Final[Mapping[AuthorityState, frozenset[Work]]] = {
    AuthorityState.ACTIVE: frozenset(Work),
    AuthorityState.RETIRING: frozenset({Work.DELEGATES, Work.LISTS}),
    AuthorityState.OFFLINE: frozenset(),
    AuthorityState.ENDED: frozenset(),
    AuthorityState.DESTROYED: frozenset(),
}


def permits(state: AuthorityState, work: Work) -> bool:
    """Tell whether an authority in this state signs this."""
    return work in PERMITTED[state]


def seen_from(state: AuthorityState, *, is_declared: bool) -> AuthorityState:
    """The state that counts: an authority that is declared no more signs no certificate."""
    return AuthorityState.RETIRING if state is AuthorityState.ACTIVE and not is_declared else state

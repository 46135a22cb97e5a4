"""Roles of the staff, given and taken by two persons (ETSI EN 319 401 §7.4, clauses of staff)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from guichet.domain.duties import CARRIED_BY, STAFF, Duty, at_odds
from guichet.domain.machine import Machine
from guichet.domain.refusals import Code, Objection, Refusal

WHY_AT_MOST: Final = 1000
APPROVERS: Final = 2
"""Below so many people with ASK_ROLES nobody could give a role any more."""
LATEST: Final = timedelta(days=3660)


class RequestState(StrEnum):
    """Where a request for a role stands."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RequestAct(StrEnum):
    """What happens to a request for a role."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


REQUESTS: Final = Machine[RequestState, RequestAct](
    {
        (RequestState.ASKED, RequestAct.APPROVE): RequestState.APPROVED,
        (RequestState.ASKED, RequestAct.REFUSE): RequestState.REFUSED,
        (RequestState.ASKED, RequestAct.WITHDRAW): RequestState.WITHDRAWN,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAsked:
    """A role to give (or to take, where not `gives`), why, and until when it is given."""

    role: str
    gives: bool
    why: str
    until: datetime | None = None


def held(roles: Collection[str], ends: Mapping[str, str] | None, at: datetime) -> frozenset[str]:
    """The roles of an account at an instant; `ends` tells by role when it ends (ISO 8601)."""
    ends = ends or {}
    return frozenset(
        role for role in roles if role not in ends or at < datetime.fromisoformat(ends[role])
    )


def admit(asked: RoleAsked, roles: Collection[str], at: datetime) -> None:
    """Return when the role may be given to, or taken from, somebody who holds `roles`.

    Raises Refusal ROLE_NOT_STAFF, ROLE_HELD_ALREADY, ROLE_NOT_HELD, ROLE_END or ROLES_AT_ODDS,
    with every objection.
    """
    found = tuple(_objections(asked, roles, at))
    if found:
        raise Refusal(found[0].code, all=found)


def _objections(asked: RoleAsked, roles: Collection[str], at: datetime) -> Iterator[Objection]:
    field = ("field", "role")
    if asked.role not in STAFF:
        yield Objection(Code.ROLE_NOT_STAFF, (field,))
        return
    if not asked.gives:
        if asked.role not in roles:
            yield Objection(Code.ROLE_NOT_HELD, (field,))
        return
    if asked.role in roles:
        yield Objection(Code.ROLE_HELD_ALREADY, (field,))
    if asked.until is not None and not at < asked.until <= at + LATEST:
        yield Objection(Code.ROLE_END, (("field", "until"),))
    for other in odds_with(asked.role, roles):
        yield Objection(Code.ROLES_AT_ODDS, (field, ("role", asked.role), ("other", other)))


def odds_with(role: str, roles: Collection[str]) -> tuple[str, ...]:
    """The roles among `roles` that nobody holds together with this one."""
    pairs = at_odds({role, *roles})
    return tuple(other if one == role else one for one, other in pairs if role in (one, other))


def admit_other(accounts: Collection[int], *concerned: int | None) -> None:
    """Return when none of the people concerned is who acts, whichever of their accounts they use.

    Who asks does not approve, and nobody asks, decides or reviews for themselves. Raises Refusal
    ACCESS_SAME_PERSON.
    """
    if not set(accounts).isdisjoint(concerned):
        raise Refusal(Code.ACCESS_SAME_PERSON)


def admit_taking(role: str, left: Collection[Collection[str]]) -> None:
    """Return when enough people may still ask for and approve roles once this one is taken.

    `left` holds the roles of everybody after the role is taken. Raises Refusal ROLE_LAST_HOLDERS.
    """
    carrying = CARRIED_BY[Duty.ASK_ROLES]
    if role not in carrying:
        return
    if sum(not carrying.isdisjoint(roles) for roles in left) < APPROVERS:
        raise Refusal(Code.ROLE_LAST_HOLDERS, field="role", count=APPROVERS)

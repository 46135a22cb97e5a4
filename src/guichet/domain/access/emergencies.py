"""Break-glass: a role that one lacks, opened alone for an hour, and reviewed by another person.

Never a role at odds with those that one holds: an emergency suspends the second person, not the
separation of duties. So nobody becomes auditor by it, and who keeps the keys decides on no dossier.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from guichet.domain.access.roles import odds_with
from guichet.domain.duties import STAFF
from guichet.domain.refusals import Code, Refusal

LASTS: Final = timedelta(minutes=60)
WHY_AT_LEAST: Final = 20
"""Characters: a word is no reason that somebody could judge afterwards."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """A role opened by break-glass, and when it ends by itself."""

    role: str
    ends_at: datetime

    def lasts(self, at: datetime) -> bool:
        """Whether it is in effect."""
        return at < self.ends_at


def openable(roles: Collection[str]) -> tuple[str, ...]:
    """The roles that somebody with `roles` may open in an emergency."""
    missing = sorted(STAFF - set(roles))
    return tuple(role for role in missing if not odds_with(role, roles))


def admit(role: str, why: str, roles: Collection[str]) -> None:
    """Return when the role may be opened by somebody who holds `roles`.

    Raises Refusal ROLE_NOT_STAFF, ROLE_HELD_ALREADY, ROLES_AT_ODDS or REASON_TOO_SHORT.
    """
    if role not in STAFF:
        raise Refusal(Code.ROLE_NOT_STAFF, field="role")
    if role in roles:
        raise Refusal(Code.ROLE_HELD_ALREADY, field="role")
    for other in odds_with(role, roles):
        raise Refusal(Code.ROLES_AT_ODDS, field="role", role=role, other=other)
    if len(why) < WHY_AT_LEAST:
        raise Refusal(Code.REASON_TOO_SHORT, field="why", count=WHY_AT_LEAST)

"""The life of a version of a text that the counter writes to people: two persons put it in force.

One version of a text is in force at most; without any, the text that came with the counter is.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from guichet.domain.machine import Machine
from guichet.domain.refusals import Code, Refusal


class VersionState(StrEnum):
    """Where a version stands."""

    WRITTEN = "written"
    IN_FORCE = "in-force"
    RETIRED = "retired"
    DROPPED = "dropped"


class VersionAct(StrEnum):
    """What happens to a version."""

    ENFORCE = "enforce"
    RETIRE = "retire"
    DROP = "drop"


VERSIONS: Final = Machine[VersionState, VersionAct](
    {
        (VersionState.WRITTEN, VersionAct.ENFORCE): VersionState.IN_FORCE,
        (VersionState.WRITTEN, VersionAct.DROP): VersionState.DROPPED,
        (VersionState.IN_FORCE, VersionAct.RETIRE): VersionState.RETIRED,
        (VersionState.RETIRED, VersionAct.ENFORCE): VersionState.IN_FORCE,
    }
)


def may_enforce(state: VersionState, author: int, accounts: Collection[int]) -> bool:
    """Whether somebody with these accounts may put in force what `author` wrote.

    What was in force once was seen by two persons: either may bring it back.
    """
    is_seen = state is VersionState.RETIRED
    return VERSIONS.allows(state, VersionAct.ENFORCE) and (is_seen or author not in accounts)


def require_another(state: VersionState, author: int, accounts: Collection[int]) -> None:
    """Raise Refusal: MOVE_FORBIDDEN, TEXT_SAME_PERSON when the author alone would decide."""
    VERSIONS.next(state, VersionAct.ENFORCE)
    if not may_enforce(state, author, accounts):
        raise Refusal(Code.TEXT_SAME_PERSON)

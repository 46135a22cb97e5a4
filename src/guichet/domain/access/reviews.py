"""Reviews of access: every account of the staff is looked at by somebody else, kept or not."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from guichet.domain.refusals import Code, Refusal

IDLE_AFTER: Final = timedelta(days=90)
"""An account of the staff that nobody logged in to for so long is told of."""
EVERY: Final = timedelta(days=92)
"""A review is due so long after the last one."""


class Verdict(StrEnum):
    """What a reviewer says of the roles of one person."""

    KEPT = "kept"
    TO_TAKE = "to-take"


def admit_end(undecided: int) -> None:
    """Return when every person was looked at. Raises Refusal REVIEW_UNFINISHED."""
    if undecided:
        raise Refusal(Code.REVIEW_UNFINISHED, count=undecided)

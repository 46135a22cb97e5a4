"""What stops a command, and the exit code that tells scripts which kind it was."""

from enum import IntEnum
from typing import Any, Final

from guichet_client.wording import Say


class Exit(IntEnum):
    """Exit codes, as the README documents them."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    CONFIGURATION = 3
    LATER = 4
    REFUSED = 5
    WAITING = 6
    BUSY = 7
    HOOK = 8
    FILES = 9
    ATTENTION = 10


# Of several certificates, the command ends with the first of these that one of them met.
GRAVEST_FIRST: Final = (
    Exit.FAILED,
    Exit.USAGE,
    Exit.CONFIGURATION,
    Exit.FILES,
    Exit.REFUSED,
    Exit.HOOK,
    Exit.ATTENTION,
    Exit.LATER,
    Exit.WAITING,
    Exit.BUSY,
)


class ClientError(Exception):
    """Something that the reader can mend: an exit code, words that say how, and their facts."""

    def __init__(self, code: Exit, say: Say, **facts: Any) -> None:
        super().__init__(say.name)
        self.code, self.say, self.facts = code, say, facts

    def __str__(self) -> str:
        return self.say.text(**self.facts)


def gravest(codes: list[Exit]) -> Exit:
    """The one exit code of several; DONE of none."""
    return next((code for code in GRAVEST_FIRST if code in codes), Exit.DONE)

"""What keeps a loop from its work, told so that a journal stays readable while it lasts."""

import logging
import time
from typing import Final

from guichet.authority.recovery import HeldError
from guichet.database.stillness import in_a_line
from guichet.keystore import KeystoreError

logger = logging.getLogger(__name__)
AGAIN_SECONDS: Final = 3600.0
"""A fault that lasts is told again so rarely: a journal is read from its end, and rotated."""
SAID: Final = (KeystoreError, HeldError, OSError)
"""Their message says all: no error of the program, so no trace."""


class RepeatedFaults:
    """Of one kind of work: `tell` after each try that failed, `over` after one that did not."""

    def __init__(self, work: str) -> None:
        """`work` begins the sentences: what the loop does, as "signing"."""
        self._work = work
        self._told: dict[str, float] = {}

    def tell(self, fault: Exception) -> None:
        """Log a fault, unless it was the last hour; with its trace where only that explains it."""
        now = time.monotonic()
        name = f"{type(fault).__name__}: {fault}"
        self._told = {one: at for one, at in self._told.items() if now - at < AGAIN_SECONDS}
        if name in self._told:
            return
        self._told[name] = now
        is_said = isinstance(fault, SAID)
        logger.error(
            "%s fails, and is tried again until it works: %s",
            self._work,
            in_a_line(fault),
            exc_info=None if is_said else fault,
        )

    def over(self) -> None:
        """The work was done: tell so, where it was told not to be."""
        if self._told:
            logger.warning("%s works again", self._work)
            self._told.clear()

"""How often something costly may be done: a bucket of tokens that fills with time."""

import time
from collections.abc import Callable


class Allowance:
    """So many a second, so many at once. `clock` counts seconds and never goes back."""

    def __init__(
        self, per_second: float, at_once: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._most, self._clock = per_second, at_once, clock
        self._left, self._seen = float(at_once), clock()

    def take(self) -> bool:
        """Take one, if any is left."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._seen) * self._rate)
        self._seen = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

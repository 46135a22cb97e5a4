"""Steps of the clerk that need not run in every round."""

from collections.abc import Callable
from datetime import datetime, timedelta


class Seldom:
    """A step run at most once a period; one that fails is tried again in the next round."""

    def __init__(self, step: Callable[[datetime], object], period: timedelta) -> None:
        self._step, self._period = step, period
        self._next: datetime | None = None
        self.__name__ = step.__name__

    def __call__(self, at: datetime) -> object:
        """Run the step if its time has come."""
        if self._next is not None and at < self._next:
            return None
        done = self._step(at)
        self._next = at + self._period
        return done

"""Steps that need not run in every round."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import Error as DatabaseFaultError

from guichet.database.stillness import in_a_line, is_absent

logger = logging.getLogger(__name__)
REST: Final = timedelta(seconds=1)


class Seldom:
    """A step run at most once a period; one that fails is tried again in the next round."""

    def __init__(self, step: Callable[[datetime], object], period: timedelta) -> None:
        self._step, self._period = step, period
        self._next: datetime | None = None
        self.__name__ = step.__name__

    def __call__(self, at: datetime) -> object:
        """Run the step if its time has come."""
        # A clock that went back by an hour does not keep the step away for an hour.
        if self._next is not None and self._next - self._period <= at < self._next:
            return None
        done = self._step(at)
        self._next = at + self._period
        return done


class Patient:
    """A step that rests after it failed, and tells the same fault once: its database may be away
    for long, and the others have work.
    """

    def __init__(self, step: Callable[[datetime], object], rest: timedelta = REST) -> None:
        self._step, self._rest = step, rest
        self._failed_at: datetime | None = None
        self._fault = ""
        self.__name__ = step.__name__

    @property
    def is_well(self) -> bool:
        """Whether it did not fail the last time."""
        return self._failed_at is None

    def __call__(self, at: datetime) -> object:
        """Run the step, unless it rests; what it raises goes to the log."""
        if self._failed_at is not None and abs(at - self._failed_at) < self._rest:
            return None
        try:
            done = self._step(at)
        except Exception as error:
            self._failed_at = at
            if self._fault != (fault := f"{type(error).__name__}: {error}"):
                self._tell(error)
            self._fault = fault
            return None
        if self._fault:
            logger.warning("the step %s works again", self.__name__)
        self._failed_at, self._fault = None, ""
        return done

    def _tell(self, error: Exception) -> None:
        """With its trace, where it is not that the database is away."""
        if isinstance(error, DatabaseFaultError) and is_absent():
            logger.warning(
                "the step %s waits for the database: %s", self.__name__, in_a_line(error)
            )
        else:
            logger.error(
                "the step %s failed; it goes on being tried", self.__name__, exc_info=error
            )

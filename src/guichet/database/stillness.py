"""Whether anything was committed: what spares a loop the rounds that would find nothing.

The processes look for work several times a second, by several queries each. While nobody commits
anything, only time can bring them some; that nobody did is told by one question.

- SQLite counts the commits of other connections, and a connection the rows that it changed itself:
  https://www.sqlite.org/pragma.html#pragma_data_version
- PostgreSQL names the transactions whose rows a statement sees; where they are the same, so are the
  rows: https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT
"""

import logging
from collections.abc import Mapping
from typing import Final

from django.db import Error, connection

logger = logging.getLogger(__name__)
QUESTIONS: Final[Mapping[str, str]] = {
    "sqlite": "PRAGMA data_version",
    "postgresql": "SELECT pg_current_snapshot()::text",
}
RARER: Final = 8
"""A database that is away is asked half as often each time, down to this part of it."""


class Stillness:
    """Of one loop, in one thread: `is_over` before each round, `begin` after one without work.

    Connections that are old are closed before `is_over`: within the round, that would leave nothing
    to compare the next look with.

    One look in `looks` is followed by a round all the same, for what time brings: the loop's pause
    and this number say how late that may come. A loop that heeds `is_away` asks a database so
    rarely too, and half as often each time: it may take seconds to give it up.
    """

    def __init__(self, looks: int) -> None:
        self._looks = looks
        self._left = 0
        self._rarer = 1
        self._seen: tuple[object, ...] | None = None
        self._still: tuple[object, ...] | None = None
        self.is_away = False
        """Whether the last look found no database: a loop may then do what it can without."""

    def is_over(self) -> bool:
        """Whether a round may find work, or do what needs no database while that is away."""
        self._left -= 1
        if self.is_away and self._left > 0:
            return True
        self._look()
        if self._left > 0 and self._seen is not None and self._seen == self._still:
            return False
        self._still = None
        return True

    def begin(self) -> None:
        """The round just made found nothing to do, and nothing of it failed.

        What it, or others, committed meanwhile is seen by the next look.
        """
        self._still, self._left = self._seen, self._looks
        self.answered()

    def lost(self, error: Error) -> bool:
        """Whether the fault just met is that no database answers: told once, in a sentence."""
        if not is_absent():
            return False
        self._rarer = min(2 * self._rarer, RARER) if self.is_away else 1
        self._left = self._looks * self._rarer
        if not self.is_away:
            said = in_a_line(error)
            logger.warning("the database does not answer: %s; it is asked until it does", said)
        self.is_away = True
        return True

    def answered(self) -> None:
        """The database was reached, by a look or by a round: its absence is told to be over."""
        if self.is_away:
            logger.warning("the database answers again")
        self.is_away = False

    def _look(self) -> None:
        self._seen = None
        try:
            self._seen = _mark()
        except Error as error:
            # A connection that is there and refuses the question is no reason to do nothing.
            if self.lost(error):
                return
        self.answered()


def is_absent() -> bool:
    """Whether no database answers, asked by the thread that just met a fault of it."""
    return connection.connection is None or not connection.is_usable()


def in_a_line(error: Exception) -> str:
    """What an error says, which PostgreSQL's client breaks into lines."""
    return " ".join(str(error).split())


def _mark() -> tuple[object, ...]:
    """What stays equal while nothing is committed. Raises django.db.Error."""
    with connection.cursor() as cursor:
        cursor.execute(QUESTIONS[connection.vendor])
        told = cursor.fetchone()
    opened = connection.connection  # the figures of another connection are not to be compared
    changes = opened.total_changes if connection.vendor == "sqlite" else 0
    return opened, told, changes

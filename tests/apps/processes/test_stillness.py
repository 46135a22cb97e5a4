"""Rounds are spared while nothing is committed; whatever is committed, by anybody, ends that."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from guichet.database import stillness
from guichet.database.stillness import Stillness

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
LOOKS = 4
WRITE = "INSERT INTO noted VALUES (1)"
# Other databases of a PostgreSQL server may be written to at any time: then all are looked at.
TRIES = 1000


@contextmanager
def opened(name: str) -> Iterator[BaseDatabaseWrapper]:
    """Another connection of the kind that the processes use; SQLite's to a file of this name."""
    made: BaseDatabaseWrapper = connection.copy()
    if made.vendor == "sqlite":
        made.settings_dict["NAME"] = name
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BaseDatabaseWrapper]:
    """The connection that is asked, to a database of this test."""
    with opened(str(tmp_path / "still.db")) as made:
        monkeypatch.setattr(stillness, "connection", made)
        yield made


@pytest.fixture
def theirs(ours: BaseDatabaseWrapper, tmp_path: Path) -> Iterator[BaseDatabaseWrapper]:
    """Somebody else's, to the same database."""
    with opened(str(tmp_path / "still.db")) as made:
        run(made, "CREATE TABLE noted (n INTEGER)")
        yield made
        run(made, "DROP TABLE noted")


def run(by: BaseDatabaseWrapper, statement: str) -> None:
    with by.cursor() as cursor:
        cursor.execute(statement)


def is_still(found: Stillness) -> bool:
    """Whether a look after a round without work spares the next."""
    found.is_over()
    found.begin()
    return not found.is_over()


def make_still(found: Stillness) -> None:
    assert any(is_still(found) for _ in range(TRIES))


def test_nothing_is_still_before_a_round(theirs: BaseDatabaseWrapper) -> None:
    found = Stillness(LOOKS)
    assert found.is_over()
    assert found.is_over()


def test_what_others_commit_ends_it(theirs: BaseDatabaseWrapper) -> None:
    """Not before it is committed on SQLite; on PostgreSQL at its beginning too."""
    found = Stillness(LOOKS)
    make_still(found)
    theirs.set_autocommit(False)
    run(theirs, WRITE)
    found.is_over()
    found.begin()
    theirs.commit()
    theirs.set_autocommit(True)
    assert found.is_over()
    make_still(found)


def test_what_is_committed_on_its_own_connection_ends_it(
    ours: BaseDatabaseWrapper, theirs: BaseDatabaseWrapper
) -> None:
    """SQLite's count leaves those out."""
    found = Stillness(LOOKS)
    make_still(found)
    run(ours, WRITE)
    assert found.is_over()


def test_what_is_committed_during_the_round_ends_it(theirs: BaseDatabaseWrapper) -> None:
    """The round may have been past it."""
    found = Stillness(LOOKS)
    make_still(found)
    found.is_over()
    run(theirs, WRITE)
    found.begin()
    assert found.is_over()


def test_to_read_ends_nothing(ours: BaseDatabaseWrapper, theirs: BaseDatabaseWrapper) -> None:
    """Nor does a transaction that finds nothing to write."""
    found = Stillness(LOOKS)
    for _ in range(TRIES):
        found.is_over()
        found.begin()
        for one in (theirs, ours):
            one.set_autocommit(False)
            run(one, "UPDATE noted SET n = 2")
            one.commit()
            one.set_autocommit(True)
        if not found.is_over():
            return
    pytest.fail("never still")


def test_one_look_in_so_many_is_followed_by_a_round(theirs: BaseDatabaseWrapper) -> None:
    """Time brings work too."""
    found = Stillness(LOOKS)

    def looks() -> list[bool]:
        found.is_over()
        found.begin()
        return [found.is_over() for _ in range(LOOKS)]

    wanted = [*[False] * (LOOKS - 1), True]
    assert any(looks() == wanted for _ in range(TRIES))


def test_figures_of_another_connection_are_not_compared(
    ours: BaseDatabaseWrapper, theirs: BaseDatabaseWrapper
) -> None:
    """They begin anew with each, whatever was committed between."""
    found = Stillness(LOOKS)
    make_still(found)
    ours.close()
    assert found.is_over()


def test_a_database_that_refuses_the_question_is_left_to_the_round(
    theirs: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time, as if there were no such guard."""
    found = Stillness(LOOKS)
    make_still(found)
    monkeypatch.setitem(stillness.QUESTIONS, connection.vendor, "no such question")
    for _ in range(2):
        assert found.is_over()
        found.begin()
        assert not found.is_away


class Asked:
    """How often a connection was asked for, to a database that is not there."""

    def __init__(self, ours: BaseDatabaseWrapper) -> None:
        self._ours, self._name, self._connect = ours, ours.settings_dict["NAME"], ours.connect
        self.times = 0
        ours.close()
        ours.settings_dict["NAME"] = "nowhere/nothing"
        ours.connect = self  # type: ignore[method-assign]

    def __call__(self) -> None:
        self.times += 1
        self._connect()

    def end(self) -> None:
        """It is there again."""
        self._ours.settings_dict["NAME"] = self._name


def test_a_database_that_is_away_is_asked_seldom(
    ours: BaseDatabaseWrapper, theirs: BaseDatabaseWrapper, caplog: pytest.LogCaptureFixture
) -> None:
    """Half as often each time, for each may take seconds; every look is followed by a round, for
    what needs none.
    """
    found = Stillness(LOOKS)
    asked = Asked(ours)
    turns = []
    for turn in range(32 * LOOKS):
        before = asked.times
        assert found.is_over()
        assert found.is_away
        turns += [turn] if asked.times > before else []
    assert turns == [times * LOOKS for times in (0, 1, 3, 7, 15, 23, 31)]
    asked.end()
    assert all(found.is_over() for _ in range(8 * LOOKS))
    assert not found.is_away
    told = [record.message for record in caplog.records]
    assert len(told) == 2
    assert told[0].startswith("the database does not answer: ")
    assert told[1] == "the database answers again"


def test_a_round_that_found_the_database_ends_its_absence(
    ours: BaseDatabaseWrapper, theirs: BaseDatabaseWrapper
) -> None:
    """The next look asks it again: what is committed from now on is seen."""
    found = Stillness(LOOKS)
    asked = Asked(ours)
    found.is_over()
    asked.end()
    found.begin()
    assert not found.is_away
    found.is_over()
    assert asked.times == 2

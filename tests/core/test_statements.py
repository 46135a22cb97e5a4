"""What runs again on PostgreSQL gives it every statement that the suite makes."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import statements
from kit.statements import (
    NOTES,
    OFFERED,
    again,
    cover,
    named,
    offered,
    pytest_ignore_collect,
    pytest_xdist_node_collection_finished,
    require_chosen,
)

NOTED = st.dictionaries(
    st.text("abc", min_size=1), st.tuples(st.floats(0, 9), st.frozensets(st.sampled_from("uvwxyz")))
)


@given(NOTED)
def test_nothing_made_is_left_out(notes: dict[str, tuple[float, frozenset[str]]]) -> None:
    """The tests chosen are among those noted, and make all that these make."""
    everything = frozenset().union(*(shapes for _, shapes in notes.values()))
    taken = cover(notes)
    assert frozenset().union(*(notes[test][1] for test in taken)) == everything


def test_the_quicker_of_two_is_chosen() -> None:
    """Where both make the same."""
    assert cover({"slow": (2.0, frozenset("a")), "quick": (0.1, frozenset("a"))}) == {"quick"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("SELECT 1 WHERE id IN (%s, %s)", "SELECT 1 WHERE id IN (%s, %s, %s, %s)", True),
        ("INSERT INTO a VALUES (%s, %s)", "INSERT INTO a VALUES (%s, %s), (%s, %s)", True),
        ("SELECT a FROM b", "SELECT a FROM c", False),
        ("SELECT 1 WHERE id = %s", "SELECT 1 WHERE id = %s AND kind = %s", False),
    ],
)
def test_how_many_values_are_listed_makes_no_other_statement(
    one: str, other: str, *, same: bool
) -> None:
    """A list of two and one of four have one shape; other columns have another."""
    assert (named(one) == named(other)) is same


def test_savepoints_are_no_statements() -> None:
    """Each has a name of its own, and none reads or writes anything."""
    assert not named('SAVEPOINT "s140_x1"')


class Collected:
    """As much of a collected test as the choice looks at."""

    path = Path("tests/apps/test_x.py")

    def __init__(self, name: str, *marks: str, file: str = "tests/apps/test_x.py") -> None:
        self.nodeid, self.fixturenames, self._marks = f"{file}::{name}", ["db"], marks

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return getattr(pytest.mark, name).mark if name in self._marks else None


COLLECTED: Any = [
    Collected("drawn", "browser"),
    Collected("told", "both_databases"),
    Collected("new"),
    *(Collected(name) for name in ("one", "other", "same")),
    *(Collected("same", file=f"tests/apps/{name}") for name in ("web/test_x.py", "x_access.py")),
    Collected("same", file="tests/core/test_x.py"),
    Collected("same", file="tests/apps/orders/test_y.py"),
]
X = "tests/apps/test_x.py::"


@pytest.fixture
def noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A first run has ended; this is the second."""
    every = {test.nodeid: (2.0, ["a"]) for test in COLLECTED if test.nodeid != f"{X}new"}
    every |= {f"{X}drawn": (0.1, ["a", "b"]), f"{X}one": (1.0, ["a"]), f"{X}other": (1.0, ["b"])}
    (tmp_path / "1.json").write_text(json.dumps(every))
    (tmp_path / OFFERED).write_text(json.dumps(offered(COLLECTED)))
    monkeypatch.setenv(NOTES, str(tmp_path))
    monkeypatch.setenv("GUICHET_DATABASE_URL", "postgresql://server/tests")
    statements.chosen_of_first.cache_clear()
    yield
    statements.chosen_of_first.cache_clear()


def test_what_says_so_or_left_no_note_runs_and_no_browser(noted: None) -> None:
    """A page that a browser draws makes many statements: it covers none, as it does not run."""
    assert again(COLLECTED) == {f"{X}{name}" for name in ("told", "new", "one", "other")}


def test_what_the_first_run_had_not_runs(noted: None) -> None:
    """A case there is on PostgreSQL alone; nothing that a browser draws."""
    more: Any = [Collected("only here"), Collected("only here, drawn", "browser")]
    assert again([*COLLECTED, *more]) - again(COLLECTED) == {f"{X}only here"}


def test_what_was_chosen_for_its_statements_is_there(noted: None) -> None:
    """REFUSED: nothing else makes them again. What says that the databases differ may be absent."""
    every = again(COLLECTED)
    require_chosen(every - {f"{X}told"})
    with pytest.raises(pytest.UsageError, match="one is on SQLite alone"):
        require_chosen(every - {f"{X}one"})


def test_what_a_worker_collected_is_judged_where_the_run_ends_in_a_sentence(
    noted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Raised in the worker it would be told as a fault of pytest. Groups end a test's name."""
    grouped = sorted(f"{name}@stack" for name in again(COLLECTED))
    pytest_xdist_node_collection_finished(grouped)
    left = [name for name in grouped if name != f"{X}one@stack"]
    with pytest.raises(pytest.UsageError, match="one is on SQLite alone"):
        pytest_xdist_node_collection_finished(left)
    monkeypatch.setenv("GUICHET_DATABASE_URL", "sqlite:///tests")
    pytest_xdist_node_collection_finished(left)


@pytest.mark.parametrize(
    ("path", "is_left_out"),
    [
        ("tests", None),
        ("tests/apps", None),
        ("tests/apps/test_x.py", None),
        ("tests/apps/orders", True),
        ("tests/apps/orders/test_y.py", True),
        ("tests/core/test_x.py", True),
        ("../elsewhere.py", None),
    ],
)
def test_files_and_folders_of_nothing_chosen_are_left_out(
    noted: None,
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    is_left_out: bool | None,
) -> None:
    """In the second run alone."""
    where = Path(os.path.normpath(pytestconfig.rootpath / path))
    assert pytest_ignore_collect(where, pytestconfig) is is_left_out
    monkeypatch.setenv("GUICHET_DATABASE_URL", "sqlite:///tests")
    assert pytest_ignore_collect(where, pytestconfig) is None


def test_without_notes_all_that_reaches_a_database_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for by itself, the second run has nothing to choose by."""
    monkeypatch.setenv(NOTES, str(tmp_path))
    statements.chosen_of_first.cache_clear()
    assert again(COLLECTED) == {test.nodeid for test in COLLECTED}

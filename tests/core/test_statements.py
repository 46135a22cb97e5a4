"""What runs again on PostgreSQL gives it every statement that the suite makes."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.statements import NOTES, chosen, cover, named

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


class Offered:
    """As much of a collected test as the choice looks at."""

    path = Path("tests/apps/test_x.py")

    def __init__(self, nodeid: str, *marks: str) -> None:
        self.nodeid, self.fixturenames, self._marks = nodeid, ["db"], marks

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return getattr(pytest.mark, name).mark if name in self._marks else None


def test_what_says_so_or_left_no_note_runs_and_no_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that a browser draws makes many statements: it covers none, as it does not run."""
    notes = {"drawn": (0.1, ["a", "b"]), "one": (1.0, ["a"]), "other": (1.0, ["b"])}
    notes |= {"same": (2.0, ["a"]), "told": (9.0, ["a"])}
    (tmp_path / "1.json").write_text(json.dumps(notes))
    monkeypatch.setenv(NOTES, str(tmp_path))
    offered = [Offered("drawn", "browser"), Offered("told", "both_databases"), Offered("new")]
    offered += [Offered(name) for name in ("one", "other", "same")]
    assert chosen(offered) == {"told", "new", "one", "other"}  # type: ignore[arg-type]

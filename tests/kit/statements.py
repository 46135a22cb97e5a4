"""Which tests run again on PostgreSQL: enough of them that it is given every statement there is.

While the suite runs on SQLite each test notes the shapes of the statements that it makes, and how
each ended. On PostgreSQL runs whatever is about the database itself (several connections, programs
that start, faults), and of the rest the cheapest tests that together make every statement again
(docs/adr/0060). Without notes everything that reaches a database runs.
"""

import json
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from time import process_time
from typing import Any, Final

import pytest
from django.db import connection

NOTES: Final = "GUICHET_TEST_STATEMENTS"
# Pages that a browser draws are the same on both: they are no part of the second run.
APART: Final = "browser"
MARKS: Final = ("own_database", "both_databases")
LONG: Final = "long"
DATABASE_FIXTURES: Final = {"db", "transactional_db", "django_db_reset_sequences"}
ALL_FIXTURES: Final = {"transactional_db", "django_db_reset_sequences"}
LEAST_SECONDS: Final = 0.001
# How many values are listed, and what a savepoint is called, make no other statement.
SHAPES: Final = (
    (re.compile(r"\(%s(?:, %s)*\)(?:, \(%s(?:, %s)*\))*"), "(%s)"),
    (re.compile(r"^(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT) .*"), ""),
)
Note = tuple[float, frozenset[str]]


class Recorder:
    """Shapes of what the test that runs asks of the database, by a hash; and what it costs."""

    def __init__(self) -> None:
        self.notes: dict[str, tuple[float, list[str]]] = {}
        self._known: dict[str, str] = {}
        self._found: set[str] = set()

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """A wrapper of Django's: notes, and lets through."""
        shape = self._known.get(sql) or self._known.setdefault(sql, named(sql))
        try:
            answer = execute(sql, params, many, context)
        except Exception as error:
            self._found.add(f"{shape}{type(error).__name__}")
            raise
        self._found.add(shape)
        return answer

    def follow(self, test: str) -> Iterator[None]:
        """From the fixtures of a test to its end."""
        self._found, began = set(), process_time()
        with connection.execute_wrapper(self):
            yield
        if self._found:
            self.notes[test] = (process_time() - began, sorted(self._found))


RECORDER: Final = Recorder()


def named(sql: str) -> str:
    """A short name for a statement's shape; it is empty for what only marks a savepoint."""
    for pattern, replacement in SHAPES:
        sql = pattern.sub(replacement, sql)
    return sha256(sql.encode()).hexdigest()[:12] if sql else ""


def on_postgresql() -> bool:
    """Whether this run is the second one."""
    return os.environ.get("GUICHET_DATABASE_URL", "").startswith("postgresql:")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Follow each test of the first run."""
    if NOTES not in os.environ or on_postgresql():
        return (yield)
    following = RECORDER.follow(item.nodeid.partition("@")[0])
    next(following)
    answer = yield
    next(following, None)
    return answer


def pytest_sessionfinish() -> None:
    """Each worker leaves its notes."""
    if RECORDER.notes:
        folder = Path(os.environ[NOTES])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{os.getpid()}.json").write_text(json.dumps(RECORDER.notes))


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Iterator[None]:
    """What runs, the longest first, in whatever order the rest was shuffled.

    Every test on the real processes goes to one worker, so that they start once. What takes a
    minute begins before what is short: workers then end together (`--no-loadscope-reorder`).
    """
    if on_postgresql():
        kept = chosen(items)
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in kept])
        items[:] = [item for item in items if item.nodeid in kept]
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.stack)
            item.add_marker(pytest.mark.xdist_group("stack"))
    answer = yield
    items.sort(key=turn)
    return answer


def turn(item: pytest.Item) -> int:
    """The real processes first, then what is long by itself or runs as a group, then all others."""
    if item.get_closest_marker("stack"):
        return 0
    return 1 if item.get_closest_marker(LONG) or item.get_closest_marker("xdist_group") else 2


def chosen(items: Sequence[pytest.Item]) -> set[str]:
    """Names of what runs on PostgreSQL."""
    reaching = {item.nodeid: item for item in items if reaches_a_database(item)}
    notes = read(Path(os.environ[NOTES])) if NOTES in os.environ else {}
    if not notes:
        return set(reaching)
    offered = {name: item for name, item in reaching.items() if not item.get_closest_marker(APART)}
    always = {name for name, item in offered.items() if is_about_it(item) or name not in notes}
    return always | cover({name: notes[name] for name in offered.keys() - always})


def read(folder: Path) -> dict[str, Note]:
    """What the first run noted: seconds and shapes, by test."""
    return {
        test: (seconds, frozenset(shapes))
        for path in folder.glob("*.json")
        for test, (seconds, shapes) in json.loads(path.read_text()).items()
    }


def cover(notes: Mapping[str, Note]) -> set[str]:
    """Few and quick tests that together make every statement noted (greedy)."""
    left = frozenset().union(*(shapes for _, shapes in notes.values()))
    by_shape: dict[str, list[str]] = defaultdict(list)
    for test in sorted(notes):
        for shape in notes[test][1]:
            by_shape[shape].append(test)
    taken: set[str] = set()
    # What one test alone makes is settled first: it often brings most of the rest.
    for shape in sorted(left, key=lambda found: (len(by_shape[found]), found)):
        if shape in left:
            best = max(
                by_shape[shape],
                key=lambda test: len(notes[test][1] & left) / max(notes[test][0], LEAST_SECONDS),
            )
            taken.add(best)
            left -= notes[best][1]
    return taken


def reaches_a_database(item: pytest.Item) -> bool:
    """Whether a test asks for the database, or starts programs that do."""
    asked = DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
    return bool(asked or item.get_closest_marker("django_db") or is_about_it(item))


def is_about_it(item: pytest.Item) -> bool:
    """Whether it opens several connections, starts programs that do, breaks them, or says so."""
    marked = item.get_closest_marker("django_db")
    several = marked is not None and marked.kwargs.get("transaction", False)
    asked = ALL_FIXTURES & set(getattr(item, "fixturenames", ()))
    own = any(item.get_closest_marker(name) for name in MARKS)
    return bool(several or asked or own or "faults" in item.path.parts)

"""Which tests run again on PostgreSQL: enough of them that it is given every statement there is.

While the suite runs on SQLite each test notes the shapes of the statements that it makes, and how
each ended. On PostgreSQL runs whatever is about the database itself (several connections, programs
that start, faults), and of the rest the cheapest tests that together make every statement again
(docs/adr/0060). Files and folders of which nothing is chosen are not even imported. Without notes
everything that reaches a database runs.
"""

import json
import os
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path, PurePosixPath
from time import process_time
from typing import Any, Final, NamedTuple

import pytest
from django.db import connection

NOTES: Final = "GUICHET_TEST_STATEMENTS"
OFFERED: Final = "offered"
"""The file, among the notes, of the tests to choose from."""
WITHIN: Final = ("tests/apps/", "tests/faults/")
# Pages that a browser draws or that have no tables of their own, and who may open which, are the
# same on both: they are no part of the second run.
APART: Final = "browser"
APART_FOLDER: Final = "tests/apps/web/"
APART_FILES: Final = "_access.py"
MARKS: Final = ("own_database", "both_databases")
LONG: Final = "long"
WORKER: Final = "PYTEST_XDIST_WORKER"
"""Names the worker, in its own process alone."""
FIRST: Final = "gw0"
"""The worker that writes what every worker has collected."""
DATABASE_FIXTURES: Final = {"db", "transactional_db", "django_db_reset_sequences"}
ALL_FIXTURES: Final = {"transactional_db", "django_db_reset_sequences"}
LEAST_SECONDS: Final = 0.001
# How many values are listed, and what a savepoint is called, make no other statement.
SHAPES: Final = (
    (re.compile(r"\(%s(?:, %s)*\)(?:, \(%s(?:, %s)*\))*"), "(%s)"),
    (re.compile(r"^(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT) .*"), ""),
)
Note = tuple[float, frozenset[str]]


class Choice(NamedTuple):
    """What the first run collected for the second to choose from, and what is chosen, by name."""

    offered: Mapping[str, bool]
    """Whether it runs again whatever its statements are."""
    chosen: frozenset[str]
    paths: frozenset[str]
    """Files of what is chosen, and the folders that they are in, from the root."""


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
        kept = again(items)
        if WORKER not in os.environ:
            require_chosen(kept)
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in kept])
        items[:] = [item for item in items if item.nodeid in kept]
    elif NOTES in os.environ and os.environ.get(WORKER, FIRST) == FIRST:
        (notes_folder() / OFFERED).write_text(json.dumps(offered(items)))
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


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """In the second run, leave out whatever holds nothing that is chosen."""
    choice = chosen_of_first() if on_postgresql() else None
    if choice is None or not collection_path.is_relative_to(config.rootpath):
        return None
    path = collection_path.relative_to(config.rootpath).as_posix()
    return None if path in choice.paths else True


def again(items: Sequence[pytest.Item]) -> set[str]:
    """Names of those that run on PostgreSQL: what is chosen, and what the first run had not."""
    choice = chosen_of_first()
    if choice is None:
        return {item.nodeid for item in items if reaches_a_database(item)}
    found = offered(items).keys()
    return found - choice.offered.keys() | found & choice.chosen


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(ids: Sequence[str]) -> None:
    """Judge what a worker has collected where the run ends by a sentence: a worker has no voice."""
    if on_postgresql():
        require_chosen({name for told in ids for name in (told, told.rpartition("@")[0])})


def require_chosen(found: Collection[str]) -> None:
    """Raises pytest.UsageError when one was chosen for its statements, and is not there."""
    if (choice := chosen_of_first()) is None:
        return
    for name in sorted(choice.chosen.difference(found)):
        if not choice.offered[name]:
            raise pytest.UsageError(f"{name} is on SQLite alone, and says not `both_databases`")


@cache
def chosen_of_first() -> Choice | None:
    """The choice from what the first run left; None where it left nothing."""
    if NOTES not in os.environ or not (file := notes_folder() / OFFERED).exists():
        return None
    found: dict[str, bool] = json.loads(file.read_text())
    names = frozenset(chosen(found, read(notes_folder())))
    files = {PurePosixPath(name.partition("::")[0]) for name in names}
    paths = frozenset(str(path) for file in files for path in (file, *file.parents))
    return Choice(found, names, paths)


def notes_folder() -> Path:
    return Path(os.environ[NOTES])


def offered(items: Sequence[pytest.Item]) -> dict[str, bool]:
    """Names of what may run again; whether it does so whatever its statements are."""
    return {
        item.nodeid: is_about_it(item)
        for item in items
        if is_within(item.nodeid)
        and reaches_a_database(item)
        and not item.get_closest_marker(APART)
    }


def is_within(name: str) -> bool:
    """Whether a test is where those that run again are."""
    file = name.partition("::")[0]
    apart = file.startswith(APART_FOLDER) or file.endswith(APART_FILES)
    return file.startswith(WITHIN) and not apart


def chosen(offered: Mapping[str, bool], notes: Mapping[str, Note]) -> set[str]:
    """Names of what runs on PostgreSQL: what is about it, what left no note, and a cover."""
    always = {name for name, is_about in offered.items() if is_about or name not in notes}
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

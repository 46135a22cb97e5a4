"""State of a test run: a throw-away folder, chosen before Django reads its settings."""

import atexit
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.utils import translation

from guichet.web import catalogues
from kit import stack as kit_stack

NAME_AT_MOST = 60
STATE = tempfile.mkdtemp(prefix="guichet-tests-")
atexit.register(shutil.rmtree, STATE, ignore_errors=True)
os.environ |= {
    "GUICHET_STATE": STATE,
    "GUICHET_DEMO": "1",
    "DJANGO_SETTINGS_MODULE": "guichet.conf.settings",
}


Path(STATE, "static").mkdir()
django.setup()
if "PYTEST_XDIST_WORKER" not in os.environ:
    # Once, before the workers start: English needs its compiled catalogues.
    catalogues.compile_all(catalogues.PACKAGE)


@pytest.fixture(autouse=True)
def _default_language() -> Iterator[None]:
    """A request activates its language for the whole thread: no test inherits another's."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """What a command run within a test does with signals ends with it."""
    told = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in told.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[kit_stack.Stack]:
    """The real processes, once for all the tests that use them (one xdist group)."""
    with kit_stack.running(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test on the real processes goes to one worker, so that they start once."""
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.stack)
            item.add_marker(pytest.mark.xdist_group("stack"))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Cases of bytes and of long texts go by number: workers must agree on their names."""
    is_long = isinstance(val, bytes) or (isinstance(val, str) and len(val) > NAME_AT_MOST)
    return argname if is_long else None

"""State of a test run: a throw-away folder, chosen before Django reads its settings."""

import atexit
import gc
import logging
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import django
import pytest
from argon2 import PasswordHasher
from django.core import management
from django.utils import translation
from hypothesis import HealthCheck, settings

from guichet.keystore import encryption
from guichet.web import catalogues
from kit import memory, tables
from kit import stack as kit_stack
from kit.room import pytest_fixture_setup, pytest_pyfunc_call  # noqa: F401 hooks that pytest finds
from kit.softhsm import SoftHsm
from kit.statements import (  # noqa: F401 hooks that pytest finds here
    pytest_collection_modifyitems,
    pytest_ignore_collect,
    pytest_runtest_protocol,
    pytest_sessionfinish,
    pytest_xdist_node_collection_finished,
)
from kit.units import pytest_xdist_make_scheduler  # noqa: F401 a hook that pytest finds

# How long an example takes is the machine's affair, and fixtures of a function serve all of them.
settings.register_profile(
    "suite",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("suite")
NAME_AT_MOST = 60
HOUR_SECONDS = 3600.0
# What is compiled serves the other workers, and all the programs that tests start: hundreds.
sys.dont_write_bytecode = False
sys.pycache_prefix = str(Path(__file__).resolve().parent.parent / ".cache" / "bytecode")
os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
memory.settle()
STATE = tempfile.mkdtemp(prefix="guichet-tests-")
atexit.register(shutil.rmtree, STATE, ignore_errors=True)
os.environ.setdefault(tables.KEPT, f"{STATE}/tables.sqlite3")
os.environ.setdefault("KEYS_OF_TESTS", f"{STATE}/keys")  # kit.pki.KEPT, not imported yet
# A run imports much and makes few cycles: at Python's own pace all of it is walked for nothing.
gc.set_threshold(200_000, 10, 10)
os.environ |= {
    "GUICHET_STATE": STATE,
    "GUICHET_DEMO": "1",
    "DJANGO_SETTINGS_MODULE": "guichet.conf.settings",
}


Path(STATE, "static").mkdir()
django.setup()
from guichet.backoffice.announcements import BOARD  # noqa: E402 models first
from guichet.identities.hashers import Argon2Hasher  # noqa: E402 models first
from guichet.orders import codes  # noqa: E402 models first

if "PYTEST_XDIST_WORKER" not in os.environ:
    # Once, before the workers start: English needs its compiled catalogues.
    catalogues.compile_all(anew=False)


def pytest_collection_finish() -> None:
    """Modules and tests live as long as the worker: none is walked again for garbage.

    Nor now: what is garbage already is little, and to find it takes 0.4 s of each worker.
    """
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """The real processes end with the last test on them: they take a tenth of a core by waiting."""
    if item.get_closest_marker("stack") and not (nextitem and nextitem.get_closest_marker("stack")):
        kit_stack.stop_all()


@pytest.fixture(autouse=True)
def _default_language() -> Iterator[None]:
    """A request activates its language for the whole thread: no test inherits another's."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _nothing_announced() -> None:
    """Pages ask for announcements every few seconds: no test counts that query by chance."""
    BOARD.keep((), HOUR_SECONDS)


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """What a command run within a test does with signals and log lines ends with it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
    told = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    handlers = logging.root.handlers[:]
    yield
    logging.root.handlers[:] = handlers  # those of a command write where nothing is open any more
    for number, handler in told.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest) -> None:
    """Migrations take seconds: the first worker's tables are copied to the others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(management, "call_command", tables.call_command)
        request.getfixturevalue("django_db_setup")


@pytest.fixture(autouse=True, scope="session")
def _quick_keystores() -> Iterator[None]:
    """Opening a key costs next to nothing here; other processes pay what theirs were made at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encryption, "COST", 16)
        patch.setattr(encryption, "PARALLELIZATION", 1)
        patch.setattr(encryption, "MEMORY", 16 * encryption.BLOCK_SIZE)
        yield


@pytest.fixture(autouse=True, scope="session")
def _quick_secrets() -> Iterator[None]:
    """Argon2id of revocation codes and passwords at its least cost; processes pay it whole."""
    least = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codes, "_hasher", cache(lambda: PasswordHasher(**least)))
        patch.setattr(codes, "PARAMETERS", tuple(least.values()))
        for name, cost in least.items():
            patch.setattr(Argon2Hasher, name, cost)
        yield


@pytest.fixture
def softhsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftHsm]:
    """A PKCS#11 token of this test alone."""
    made = SoftHsm.make(tmp_path / "softhsm", monkeypatch)
    yield made
    made.forget()


@pytest.fixture(scope="session")
def stack(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None
) -> Iterator[kit_stack.Stack]:
    """The real processes, once for all the tests that use them (one xdist group).

    The worker's own tables come first: the product's are a copy of them, not made again beside.
    """
    with kit_stack.running(tmp_path_factory.mktemp("stack")) as running:
        yield running


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Cases of bytes and of long texts go by number: workers must agree on their names."""
    is_long = isinstance(val, bytes) or (isinstance(val, str) and len(val) > NAME_AT_MOST)
    return argname if is_long else None

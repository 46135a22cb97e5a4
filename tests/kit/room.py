"""Tests and fixtures run with room on the interpreter's stack: what calls deeply does so cheaply.

CPython 3.11 keeps frames in chunks of 16 KiB, asks the system for each and gives it back once
empty (`push_chunk` and `_PyThreadState_PopFrame` in Python/pystate.c). A loop that calls where a
chunk ends pays that at every turn, and a request is deep enough to have several such places: the
query counts made 560 000 calls of mmap so, a sixth of their CPU time. A frame that asks for much is
given a larger chunk, in which all that it calls then fits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from _pytest import fixtures, python

# Of values, in the frame of `roomy`; as much again is left for what it calls.
SLOTS = 1 << 16


def roomy(call: Callable[..., Any], *arguments: Any) -> Any:
    """What `call` returns, called with room for some thousand frames."""
    __tracebackhide__ = True
    return call(*arguments)


roomy.__code__ = roomy.__code__.replace(co_stacksize=SLOTS)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object | None:
    """A test, as pytest calls it."""
    return roomy(python.pytest_pyfunc_call, pyfuncitem)


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> bool:
    """A fixture, as pytest makes it; it keeps the value itself, and asks the next hook on None."""
    __tracebackhide__ = True
    roomy(fixtures.pytest_fixture_setup, fixturedef, request)
    return True

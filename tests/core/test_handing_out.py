"""What a worker of the suite is handed at a time."""

from types import SimpleNamespace
from typing import Any

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]

from kit.units import pytest_xdist_make_scheduler

FILE = "tests/core/test_a.py"
LOG = Producer("units", enabled=False)


def config(dist: str) -> Any:
    values = {"dist": dist, "tx": ["popen"]}
    return SimpleNamespace(getvalue=values.__getitem__)


@pytest.mark.parametrize(
    ("test", "unit"),
    [
        (f"{FILE}::test_it", FILE),
        (f"{FILE}::test_it[a@b-::]", FILE),
        ("tests/test_shape.py::test_it", "tests/test_shape.py"),
        ("tests/test_shape.py::test_it@shapes", "shapes"),
        (f"{FILE}::test_it[a]@stack", "stack"),
        ("tests/apps/web/test_a.py::test_it[a]", "tests/apps/web/test_a.py::test_it[a]"),
    ],
)
def test_short_tests_are_handed_out_by_file(test: str, unit: str) -> None:
    scheduler = pytest_xdist_make_scheduler(config("loadgroup"), LOG)
    assert scheduler is not None
    assert scheduler._split_scope(test) == unit


def test_other_ways_of_handing_out_are_xdists_own() -> None:
    assert pytest_xdist_make_scheduler(config("load"), lambda *_told: None) is None

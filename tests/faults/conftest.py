"""The program of people and clerks, which several files ask."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from faults import sites
from faults.sites import Prepare


@pytest.fixture(scope="session")
def people() -> Iterator[Prepare]:
    """Prepares sites of orders; those who ask are of one xdist group."""
    with sites.forging(Path(__file__).with_name("order_process.py")) as prepare:
        yield prepare

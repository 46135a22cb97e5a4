"""The people of the counter, and a receiver of theirs."""

from collections.abc import Iterator

import pytest

from apps.orders.conftest import (  # noqa: F401 the fixtures of the counter
    authorities,
    jean,
    jeanne,
    nobody,
    operators,
    person,
    sign,
    sophie,
    structures,
)
from kit.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Listens on this machine, in plain HTTP."""
    with receiving() as found:
        yield found

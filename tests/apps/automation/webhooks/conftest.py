"""The people of the counter, and a receiver of theirs."""

import ssl
from collections.abc import Iterator
from typing import Final

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
from guichet.automation.webhooks import sending
from kit.receiver import Receiver, receiving

NOBODY: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts no server."""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Listens on this machine, in plain HTTP: the system's authorities need not be read."""
    monkeypatch.setattr(sending, "_trust", lambda _at: NOBODY)
    with receiving() as found:
        yield found

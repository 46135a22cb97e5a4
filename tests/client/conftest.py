"""A server's folders with a counter behind them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from client.counter import Desk, desk_with


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    """Settings of one certificate, "www", and no certificate yet."""
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    with desk_with(tmp_path, monkeypatch, capsys) as made:
        yield made

"""A register in a throw-away folder."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.directories.official_files import Importer
from guichet.directories.register import Register

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(tmp_path / "state" / "registers.sqlite")


@pytest.fixture
def importer(register: Register, tmp_path: Path) -> Importer:
    return Importer(register, tmp_path, NOW)

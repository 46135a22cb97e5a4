"""What people do at the same moment, on SQLite's file or on PostgreSQL, as it is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit import memory

pytestmark = [pytest.mark.own_database, pytest.mark.xdist_group("at-once")]


@pytest.fixture(scope="module")
def told() -> Iterator[dict[str, dict[str, list[str]]]]:
    """What went wrong in each case, told by one program that runs them all.

    A database in memory locks otherwise than a file: the program makes one of its own, or uses the
    PostgreSQL server of this run.
    """
    with tempfile.TemporaryDirectory(prefix="guichet-at-once-", dir=memory.folder()) as state:
        values = {k: v for k, v in os.environ.items() if not k.startswith("GUICHET_")}
        values |= {"GUICHET_STATE": state, "GUICHET_DEMO": "1"}
        url = os.environ.get("GUICHET_DATABASE_URL", "")
        if url.startswith("postgresql:"):
            values["GUICHET_DATABASE_URL"] = url
        found = Path(state, "found.json")
        command = [sys.executable, Path(__file__).with_name("at_once_process.py"), found]
        run = subprocess.run(
            command, env=values, capture_output=True, text=True, check=False, timeout=300
        )
        assert run.returncode == 0, run.stderr[-3000:]
        yield json.loads(found.read_text())


@pytest.mark.parametrize(("kind", "cases"), [("drafts", 4), ("acts", 6)])
def test_nothing_is_lost_and_nothing_done_twice(
    told: dict[str, dict[str, list[str]]], kind: str, cases: int
) -> None:
    """Drafts saved by many, one deposit out of four; decisions, batches, recoveries twice."""
    assert len(told[kind]) == cases
    assert not any(told[kind].values()), told[kind]

"""What people do at the same moment, on SQLite's file or on PostgreSQL, as it is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.own_database, pytest.mark.xdist_group("at-once")]


@pytest.mark.parametrize(("script", "cases"), [("drafts_at_once.py", 4), ("acts_at_once.py", 6)])
def test_nothing_is_lost_and_nothing_done_twice(tmp_path: Path, script: str, cases: int) -> None:
    """Drafts saved by many, one deposit out of four; decisions, batches, recoveries pressed twice.

    A database in memory locks otherwise than a file: each script makes one of its own, or uses the
    PostgreSQL server of this run.
    """
    values = {k: v for k, v in os.environ.items() if not k.startswith("GUICHET_")}
    values |= {"GUICHET_STATE": str(tmp_path), "GUICHET_DEMO": "1"}
    url = os.environ.get("GUICHET_DATABASE_URL", "")
    if url.startswith("postgresql:"):
        values["GUICHET_DATABASE_URL"] = url
    found = tmp_path / "found.json"
    command = [sys.executable, Path(__file__).with_name(script), found]
    run = subprocess.run(
        command, env=values, capture_output=True, text=True, check=False, timeout=300
    )
    assert run.returncode == 0, run.stderr[-3000:]
    told = json.loads(found.read_text())
    assert len(told) == cases
    assert not any(told.values()), told

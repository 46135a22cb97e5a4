"""Instructors who press at the same moment: one effect, on SQLite's file or PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).with_name("acts_at_once.py")


def test_what_is_pressed_at_once_is_done_once(tmp_path: Path) -> None:
    """A double click, two decisions, two assignments, a batch: by threads, through the portal.

    A database in memory locks otherwise than a file: the script makes one of its own, or uses the
    PostgreSQL server of this run.
    """
    values = {k: v for k, v in os.environ.items() if not k.startswith("GUICHET_")}
    values |= {"GUICHET_STATE": str(tmp_path), "GUICHET_DEMO": "1"}
    url = os.environ.get("GUICHET_DATABASE_URL", "")
    if url.startswith("postgresql:"):
        values["GUICHET_DATABASE_URL"] = url
    found = tmp_path / "found.json"
    run = subprocess.run(
        [sys.executable, SCRIPT, found], env=values, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-3000:]
    told = json.loads(found.read_text())
    assert len(told) == 4
    assert not any(told.values()), told

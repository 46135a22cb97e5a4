"""One supervisor: a dead process comes back, Ctrl-C leaves nothing behind, data stays."""

import os
import signal
import time
from pathlib import Path

from kit import stack as kit_stack

BACK_WITHIN_S = 20


def processes_of(state: Path, words: str) -> list[int]:
    """Process ids whose environment names this state folder and whose command holds the words."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            environment = (folder / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if words in command and f"GUICHET_STATE={state}" in environment:
            found.append(int(folder.name))
    return found


def wait_for(state: Path, words: str, other_than: int) -> bool:
    deadline = time.monotonic() + BACK_WITHIN_S
    while time.monotonic() < deadline:
        if [p for p in processes_of(state, words) if p != other_than]:
            return True
        time.sleep(0.2)
    return False


def test_killed_worker_comes_back_and_stop_is_clean(tmp_path: Path) -> None:
    values = kit_stack.environment(tmp_path)
    running = kit_stack.start(values, tmp_path / "output.log")
    try:
        (signer,) = processes_of(tmp_path, "guichet signer")
        os.kill(signer, signal.SIGKILL)
        assert wait_for(tmp_path, "guichet signer", signer)
        os.kill(running.process.pid, signal.SIGINT)
        assert running.process.wait(kit_stack.STOP_S) == 0
        assert processes_of(tmp_path, "guichet") == []
    finally:
        kit_stack.stop(running)
    report = running.guichet("journal", "verify")
    assert report.returncode == 0, report.stdout
    assert "whole" in report.stdout

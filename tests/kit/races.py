"""What happens when several connections act at the same moment."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from django.db import connection

MANY = 8


def at_once(act: Callable[[], None]) -> None:
    """Have an act done by eight threads at the same moment, each on a connection of its own."""
    ready = threading.Barrier(MANY)

    def run() -> None:
        ready.wait()
        try:
            act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _one in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def told_by(race: Callable[[], list[str]], state: Path) -> list[str]:
    """What a race tells, words without spaces: on this database, or on a new file of SQLite's.

    SQLite's tests run in memory, where connections cannot wait for one another: there the race is
    run by a process of its own.
    """
    return race() if connection.vendor == "postgresql" else _on_a_file(race, state)


def _on_a_file(race: Callable[[], list[str]], state: Path) -> list[str]:
    script = f"""
import django; django.setup()
from kit import tables
tables.make()
from {race.__module__} import {race.__name__}
print(*{race.__name__}())
"""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("GUICHET_")}
    environment = {
        **inherited,
        "GUICHET_STATE": str(state),
        "DJANGO_SETTINGS_MODULE": "guichet.conf.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()

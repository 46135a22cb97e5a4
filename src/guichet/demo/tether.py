"""Processes tied to the one that started them, so that none keeps a port when that was killed.

The supervisor and each of its processes are on a tether. A tether leaves its process id to the
tethers below it: a child whose parent died before the child could say so sees that another process
is its parent now.
"""

import os
import signal
from typing import Final

from guichet.validation.lifeline import end_with_parent

HELD_BY: Final = "TETHER_HELD_BY"


def hold() -> None:
    """Tie this process to its parent: SIGTERM comes when the parent is gone."""
    parent = int(os.environ.get(HELD_BY, os.getppid()))
    os.environ[HELD_BY] = str(os.getpid())
    end_with_parent(parent, signal.SIGTERM)

"""`python -m guichet.demo.tether PROGRAM ARGUMENT…`: becomes that program, tied to its parent.

The supervisor and each of its processes run on a tether, so that nothing keeps a port when what
started it was killed. A tether leaves its process id to the tethers below it: a child whose parent
died before the child could say so sees that another process is its parent now.
"""

import os
import signal
import sys
from typing import Final

from guichet.validation.lifeline import end_with_parent

HELD_BY: Final = "TETHER_HELD_BY"


def command(*program: str) -> list[str]:
    """The command line that runs a program on a tether."""
    return [sys.executable, "-m", "guichet.demo.tether", *program]


def main(program: list[str]) -> None:
    """Become the program; SIGTERM comes when the parent is gone."""
    parent = int(os.environ.get(HELD_BY, os.getppid()))
    os.environ[HELD_BY] = str(os.getpid())
    end_with_parent(parent, signal.SIGTERM)
    os.execvp(program[0], program)  # noqa: S606 the supervisor's own configuration


if __name__ == "__main__":
    main(sys.argv[1:])

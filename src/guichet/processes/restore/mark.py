"""The mark of a restore that has not ended: nothing runs from a state that is half put in place."""

import os
from pathlib import Path
from typing import Final

NAME: Final = "restore-unfinished"


def exists(state: Path) -> bool:
    """Whether a restore began here and did not end."""
    return (state / NAME).exists()


def leave(state: Path, backup: str) -> None:
    """Before anything is changed; durable when it returns."""
    with (state / NAME).open("w") as stream:
        stream.write(backup + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def lift(state: Path) -> None:
    """Once all is in place."""
    (state / NAME).unlink(missing_ok=True)


def words(state: Path) -> str:
    """What an operator is told of it."""
    return (
        f"A restore into {state} did not end: run “guichet restore FILE” again. Nothing runs from "
        "a state that is half put in place."
    )

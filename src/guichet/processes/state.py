"""Whether a folder is a state folder: nothing but `guichet init` and the like begins one."""

from pathlib import Path
from typing import Final

FOLDERS: Final = ("secrets", "run", "log", "journal", "published", "responder")
"""Those that `guichet init` makes in it. A process that is kept apart may see few of them."""
STATIC: Final = "static"


def is_made(state: Path) -> bool:
    """Whether there is anything of ours in it; what is closed to this user is taken for ours."""
    try:
        return any((state / name).exists() for name in (*FOLDERS, STATIC))
    except PermissionError:
        return True


def words(state: Path) -> str:
    """What an operator is told where there is none."""
    return (
        f"There is no state in {state}: set GUICHET_STATE to the folder where it is, or make one "
        "by “guichet init”"
    )

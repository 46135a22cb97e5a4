"""A folder in memory, for what no power cut need leave whole: writing to it waits for no disk."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

FOLDER: Final = Path("/dev/shm")  # noqa: S108 folders of random names are made in it
ROOM_AT_LEAST: Final = 2 << 30
"""Octets free, below which the disk serves: containers often have 64 MiB of it."""


def folder() -> Path | None:
    """Where to make temporary folders; None for the usual place.

    Programs are written there and run: not where that is forbidden.
    """
    if not os.access(FOLDER, os.W_OK) or shutil.disk_usage(FOLDER).free < ROOM_AT_LEAST:
        return None
    return None if os.statvfs(FOLDER).f_flag & os.ST_NOEXEC else FOLDER


def settle() -> None:
    """Have this process, and all that it starts, make its temporary folders there."""
    if found := folder():
        tempfile.tempdir = os.environ["TMPDIR"] = str(found)

"""Secrets that a container is given, each by a mount of its own: compose, from files of the host.

Compose binds the host's file, with its owner and mode, which it cannot change
(https://docs.docker.com/reference/compose-file/services/#secrets). A user of the container who is
not the file's owner reads it by the mode of others alone; no process but the container's own sees
the mount, and who may read the file itself is the affair of its folder on the host.
"""

import re
from pathlib import Path
from typing import Final

MOUNTS: Final = Path("/proc/self/mountinfo")
"""Of each mount: two numbers, its device, its root, where it is, its options (proc(5))."""
PLACE, OPTIONS, FIELDS = 4, 5, 6
ESCAPED: Final = re.compile(r"\\([0-7]{3})")


def given(path: Path) -> bool:
    """Whether this very file was mounted here, to be read and never written.

    A folder that is mounted says nothing of its files: systemd has it so for folders of the host.
    """
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return False
    mounts = [fields for line in lines if len(fields := line.split(" ")) > FIELDS]
    here = [fields[OPTIONS] for fields in mounts if _place(fields[PLACE]) == str(path.resolve())]
    return path.is_file() and bool(here) and "ro" in here[-1].split(",")


def _place(written: str) -> str:
    """A path as the kernel writes it: blanks and backslashes by their octal numbers."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 8)), written)

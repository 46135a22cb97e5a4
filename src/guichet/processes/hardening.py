"""A process that holds keys or passphrases keeps its memory to itself."""

import ctypes
import os
import resource
from typing import Final

PR_SET_DUMPABLE: Final = 4  # linux/prctl.h
OWNER_ALONE: Final = 0o077
OTHERS_READ: Final = 0o022


def harden(umask: int = OWNER_ALONE) -> None:
    """No core dump, and no other process of the same user reads this one's memory.

    Neither ptrace nor /proc/<pid>/mem or environ is open to that user any more, and those who
    fork from here inherit it (prctl(2), PR_SET_DUMPABLE). `umask`: what files made from here on
    keep from others. Raises OSError where the system refuses.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    system = ctypes.CDLL(None, use_errno=True)
    if system.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "this process cannot be kept from being dumped")
    os.umask(umask)

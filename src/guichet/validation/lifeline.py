"""Processes that end when the one that started them does, however it ended (Linux)."""

import ctypes
import os
import signal
from typing import Final

PR_SET_PDEATHSIG: Final = 1  # prctl(2): it outlives execve, not fork


def end_with_parent(parent: int, end: signal.Signals) -> None:
    """Have the kernel send `end` to this process as soon as its parent is gone.

    `parent` is the process that was meant to be it: when it is gone already, this process ends
    at once, for no signal will come. Raises OSError when the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, end, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    if os.getppid() != parent:
        os.kill(os.getpid(), end)

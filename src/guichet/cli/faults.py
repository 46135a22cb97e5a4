"""What keeps a verb from its work and is no error of the program: told in a sentence, no trace."""

import errno
import sys

from guichet.conf.readers import ConfigurationError


def told(fault: Exception) -> str | None:
    """What to print; None for what only a trace explains, and for a pipe that its reader closed.

    Told are settings, files, folders, ports, another process at the same work, the database.
    """
    if isinstance(fault, ConfigurationError):
        return str(fault)
    if isinstance(fault, OSError):
        return None if isinstance(fault, BrokenPipeError) else _of_the_system(fault)
    return _of_the_publisher(fault) or _of_the_database(fault)


def _of_the_system(fault: OSError) -> str:
    if fault.filename and fault.strerror:
        return f"{fault.filename}: {fault.strerror}"
    if fault.errno == errno.ENOSPC:  # a write does not say to what
        return f"{fault.strerror}: what is written, a file or standard output, is not whole"
    return str(fault)


def _of_the_publisher(fault: Exception) -> str | None:
    if "guichet.validation.exclusive" not in sys.modules:
        return None
    from guichet.validation.exclusive import BusyError

    if not isinstance(fault, BusyError):
        return None
    return f"{fault}: stop it first, or leave the work to it"


def _of_the_database(fault: Exception) -> str | None:
    if "django.db" not in sys.modules:
        return None
    from django.db import InterfaceError, OperationalError, ProgrammingError

    from guichet.processes import troubles

    if not isinstance(fault, InterfaceError | OperationalError | ProgrammingError):
        return None
    return f"{troubles.words(fault)}\nguichet init makes what it lacks; guichet doctor says more."

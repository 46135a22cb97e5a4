"""Where commands write: what they answer on standard output, what went wrong on standard error.

Lines are not cut, numbers not coloured, “:AB:” of a serial number is no emoji and “[x]” of a file's
name no style.
"""

from rich.console import Console


def answering() -> Console:
    """For what was asked: an answer, a report, how far a work is."""
    return Console(soft_wrap=True, highlight=False, emoji=False, markup=False)


def refusing() -> Console:
    """For what could not be done: a program that reads the answer does not take it for one."""
    return Console(stderr=True, soft_wrap=True, highlight=False, emoji=False, markup=False)

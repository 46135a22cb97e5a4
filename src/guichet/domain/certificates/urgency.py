"""Whose request is signed first: what keeps the service alive, people, programs, then lots."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final


class Priority(IntEnum):
    """The lowest is signed first; within one, the oldest."""

    SERVICE = 0  # delegated responders: without them no revocation is told
    INTERACTIVE = 10  # somebody waits before a screen
    PROGRAM = 20  # asked by an interface
    BULK = 30  # lots and campaigns


# Past so many that wait, programs and lots are asked to come back: at 500 certificates a second,
# some 20 and 100 seconds of work. People, and the service itself, are always served.
WAITING_AT_MOST: Final[Mapping[Priority, int]] = {Priority.PROGRAM: 10_000, Priority.BULK: 50_000}

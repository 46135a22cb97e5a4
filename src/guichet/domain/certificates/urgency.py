"""Whose request is signed first: what keeps the service alive, people, programs, then lots."""

from enum import IntEnum


class Priority(IntEnum):
    """The lowest is signed first; within one, the oldest."""

    SERVICE = 0  # delegated responders: without them no revocation is told
    INTERACTIVE = 10  # somebody waits before a screen
    PROGRAM = 20  # asked by an interface
    BULK = 30  # lots and campaigns

"""Connections to the names to validate: to addresses that were checked, within a deadline."""

import errno
import io
import socket
import time
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from guichet.automation.acme.validation import resolving
from guichet.automation.acme.validation.errors import unproved
from guichet.domain.acme.flaws import Cause, Flaw, flaw
from guichet.domain.destinations import Address, in_order, is_allowed

WHOLE_WITHIN_S: Final = 10.0
TRY_S: Final = 3.0
TRIES_AT_MOST: Final = 4


@dataclass(frozen=True, slots=True)
class Deadline:
    """The instant (time.monotonic) by which everything is over."""

    ends: float

    @classmethod
    def soon(cls) -> "Deadline":
        """As long as one validation may take."""
        return cls(time.monotonic() + WHOLE_WITHIN_S)

    @property
    def is_over(self) -> bool:
        """Whether no time is left."""
        return time.monotonic() >= self.ends

    def left(self) -> float:
        """Seconds left. Raises TimeoutError when there are none."""
        seconds = self.ends - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds


def connect(name: str, port: int, deadline: Deadline) -> socket.socket:
    """Connect to the first address of a name that answers.

    The address itself is connected to, never the name again: who serves the DNS cannot say one
    thing to the check and another to the connection. Raises Unproved: "dns", "connection".
    """
    if deadline.is_over:
        raise unproved(flaw(Cause.ANSWER_UNREADABLE, name=name))
    failure: Flaw = flaw(Cause.NO_ADDRESS, name=name)
    for address in destinations(name)[:TRIES_AT_MOST]:
        try:
            wait = min(TRY_S, deadline.left())
            return socket.create_connection((str(address), port), timeout=wait)
        except OSError:
            failure = flaw(Cause.UNREACHABLE, name=name, address=str(address), port=port)
    raise unproved(failure)


def destinations(name: str) -> tuple[Address, ...]:
    """The addresses of a name that may be connected to. Raises Unproved: "dns", "connection"."""
    found = in_order(resolving.addresses(name))
    if not found:
        raise unproved(flaw(Cause.NO_ADDRESS, name=name))
    allowed = tuple(one for one in found if is_allowed(one, settings.GUICHET.acme_networks))
    if not allowed:
        raise unproved(flaw(Cause.ADDRESS_FORBIDDEN, name=name, address=str(found[0])))
    return allowed


class Stream(io.RawIOBase):
    """What a connection says, up to a number of octets, with a deadline for all of it."""

    def __init__(self, connection: socket.socket, deadline: Deadline, at_most: int) -> None:
        self._connection, self._deadline, self._left = connection, deadline, at_most

    def readable(self) -> bool:
        """It is read, never written."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what came. Raises OSError: too much came, or too late."""
        if self._left == 0:
            raise OSError(errno.EMSGSIZE, "more was said than is worth reading")
        self._connection.settimeout(self._deadline.left())
        read = self._connection.recv_into(memoryview(buffer)[: self._left])
        self._left -= read
        return read

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:
        """As http.client asks a socket for it."""
        return io.BufferedReader(self)

"""Servers that the bench may connect to: an operator's list of hosts and ports, nothing else."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from guichet.domain import destinations

HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,45}")
RANGE: Final = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")
LOOPBACK_NAME: Final = "localhost"
LAST_PORT: Final = 65535
THIS_MACHINE: Final = "localhost:1024-65535 127.0.0.1:1024-65535"


@dataclass(frozen=True, slots=True)
class Target:
    """A host, in lower case and without a final dot, and the ports of it that may be reached."""

    host: str
    first: int
    last: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "host:port", "host:first-last" or "[::1]:port". Raises ValueError."""
        host, _, ports = text.strip().rpartition(":")
        name = as_host(host)
        found = RANGE.fullmatch(ports)
        if name is None or found is None:
            raise ValueError(text)
        first, last = int(found[1]), int(found[2] or found[1])
        if not 1 <= first <= last <= LAST_PORT:
            raise ValueError(text)
        return cls(name, first, last)

    def __str__(self) -> str:
        ports = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"[{self.host}]:{ports}" if ":" in self.host else f"{self.host}:{ports}"


def as_host(text: str) -> str | None:
    """A host as it is compared; None when it can be none."""
    host = text.strip().removeprefix("[").removesuffix("]").rstrip(".").lower()
    return host if HOST.fullmatch(host) else None


def is_allowed(targets: Iterable[Target], host: str, port: int) -> bool:
    """Whether a host and port, as somebody wrote them, are on the list."""
    name = as_host(host)
    return any(t.host == name and t.first <= port <= t.last for t in targets)


def may_lead_to(host: str, address: str) -> bool:
    """Whether the address that a name of the list leads to may be connected to.

    A name that suddenly leads into this machine or its link is not what the operator wrote down,
    in whatever spelling; he may write the address itself.
    """
    found = ipaddress.ip_address(address)
    if host == LOOPBACK_NAME:
        return found.is_loopback
    try:
        return ipaddress.ip_address(host) == found
    except ValueError:
        return not any(map(_is_near, destinations.stands_for(found)))


def _is_near(address: destinations.Address) -> bool:
    """This machine, its link, or a group."""
    return (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
    )

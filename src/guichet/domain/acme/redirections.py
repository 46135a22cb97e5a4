"""Where an http-01 validation goes, and which redirections it follows (RFC 8555 §8.3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from guichet.domain.acme.answers import WELL_KNOWN
from guichet.domain.addresses import LABEL, MAX_NAME

REDIRECTIONS: Final = frozenset({301, 302, 303, 307, 308})
AT_MOST: Final = 5
LENGTH_AT_MOST: Final = 2000
VISIBLE: Final = re.compile(r"[\x21-\x7e]+")
USUAL_PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """One request: "http" or "https", a host name, a port, and a path with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """The address that a relative redirection starts from."""
        return f"{self.scheme}://{self.host}{self.path}"


def first(name: str, token: str, ports: Mapping[str, int]) -> Target:
    """Where http-01 begins; `ports` are those to connect to, by scheme."""
    return Target("http", name, ports["http"], f"{WELL_KNOWN}{token}")


def followed(target: Target, location: str, ports: Mapping[str, int]) -> Target | None:
    """Where a redirection leads; None when it is not followed.

    A name over http or https, at the ports of `ports` or the usual ones, and no IP address: a
    name alone says whom the address is asked of.
    """
    if len(location) > LENGTH_AT_MOST or not VISIBLE.fullmatch(location):
        return None
    try:
        parts = urlsplit(urljoin(target.url, location))
        given = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ports or "@" in parts.netloc or not _is_name(host):
        return None
    port = ports[parts.scheme] if given is None else given
    if port not in {*ports.values(), *USUAL_PORTS.values()}:
        return None
    query = f"?{parts.query}" if parts.query else ""
    return Target(parts.scheme, host, port, f"{parts.path or '/'}{query}")


def _is_name(host: str) -> bool:
    labels = host.split(".")
    is_formed = len(host) <= MAX_NAME and all(LABEL.fullmatch(label) for label in labels)
    return is_formed and len(labels) > 1 and not labels[-1].isdigit()

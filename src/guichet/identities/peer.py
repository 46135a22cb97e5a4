"""What the listener saw of the peer, as it hands it over in the WSGI environ."""

import ipaddress
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

LISTENER_KEY: Final = "guichet.listener"
PEER_KEY: Final = "guichet.peer"


@dataclass(frozen=True, slots=True)
class PeerTls:
    """The TLS connection of a request: `chain` as the peer sent it, leaf first, DER, unverified.

    `hello` is the first record that the client sent, and `group` the key exchange's; both are
    empty behind a proxy, which tells neither.
    """

    chain: tuple[bytes, ...]
    tls_version: str
    cipher: str
    hello: bytes = b""
    group: str = ""


def listener_of(request: HttpRequest) -> str:
    """ "portal", "card" or "bench": the port that the request came in by."""
    return str(request.META.get(LISTENER_KEY, "portal"))


def peer_of(request: HttpRequest) -> PeerTls | None:
    """The TLS peer; None on a port that asks for no certificate. Never read from headers here."""
    peer = request.META.get(PEER_KEY)
    return peer if isinstance(peer, PeerTls) else None


def client_address(request: HttpRequest) -> str | None:
    """The IP address that tries are counted for; None when it cannot be known.

    Behind nginx the peer is a Unix socket without an address: the last one of X-Forwarded-For was
    written by nginx itself. On TCP that header is never read.
    """
    told = request.META.get("REMOTE_ADDR", "")
    if not told:
        told = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(told))
    except ValueError:
        return None

"""What the listener saw of the TLS peer, as it hands it over in the WSGI environ."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

LISTENER_KEY: Final = "guichet.listener"
PEER_KEY: Final = "guichet.peer"


@dataclass(frozen=True, slots=True)
class PeerTls:
    """The TLS connection of a request: `chain` as the peer sent it, leaf first, DER, unverified."""

    chain: tuple[bytes, ...]
    tls_version: str
    cipher: str


def listener_of(request: HttpRequest) -> str:
    """ "portal", "card" or "bench": the port that the request came in by."""
    return str(request.META.get(LISTENER_KEY, "portal"))


def peer_of(request: HttpRequest) -> PeerTls | None:
    """The TLS peer; None on a port that asks for no certificate. Never read from headers here."""
    peer = request.META.get(PEER_KEY)
    return peer if isinstance(peer, PeerTls) else None

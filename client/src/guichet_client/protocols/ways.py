"""Which protocol a certificate's settings ask for."""

from pathlib import Path

from guichet_client.clock import Clock
from guichet_client.protocols.acme import Acme
from guichet_client.protocols.est import Est
from guichet_client.protocols.rest import Rest
from guichet_client.protocols.way import Way
from guichet_client.settings import Settings


def way_of(settings: Settings, root: Path, clock: Clock) -> Way:
    """The way to a certificate; `root` is the store, where ACME accounts are kept."""
    if settings.protocol == "acme":
        return Acme(settings, root, clock)
    return Est(settings, clock) if settings.protocol == "est" else Rest(settings, clock)

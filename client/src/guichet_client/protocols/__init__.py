"""The three ways to a certificate; `way_of` gives the one that is configured."""

from guichet_client.protocols.way import Asked, Issued, Way
from guichet_client.protocols.ways import way_of

__all__ = ["Asked", "Issued", "Way", "way_of"]

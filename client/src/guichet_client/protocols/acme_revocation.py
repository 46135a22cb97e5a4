"""Revocation by ACME (RFC 8555 §7.6), signed by an account or by the certificate's own key."""

from collections.abc import Mapping
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding

from guichet_client import keys
from guichet_client.clock import Clock
from guichet_client.errors import ClientError, Exit
from guichet_client.protocols.acme_network import AcmeError, Network, b64
from guichet_client.settings import Settings
from guichet_client.store import Version
from guichet_client.wording import Say

# The counter's motives, and the reasons of RFC 5280 §5.3.1 that ACME writes.
REASONS: Final[Mapping[str, int]] = {
    "theft": 1,
    "host-failure": 5,
    "staff-left": 3,
    "key-compromise": 1,
    "superseded": 4,
    "cessation": 5,
}


def revoke_by_key(settings: Settings, clock: Clock, version: Version, reason: str) -> None:
    """Show that the key is ours: whoever holds it may always revoke. Raises ClientError."""
    if not settings.directory:
        raise ClientError(Exit.CONFIGURATION, Say.NO_DIRECTORY)
    if version.key_uri:
        raise ClientError(Exit.FILES, Say.TOKEN_STAYS)
    key = keys.load(version.key.read_bytes())
    send(Network(settings.directory, settings.trust, key), version, reason)


def send(network: Network, version: Version, reason: str) -> None:
    """Revoke; of one that is revoked already, there is nothing to say."""
    told = {
        "certificate": b64(version.leaf.public_bytes(Encoding.DER)),
        "reason": REASONS[reason],
    }
    try:
        network.post(network.address("revokeCert"), told)
    except AcmeError as refusal:
        if refusal.kind != "alreadyRevoked":
            raise

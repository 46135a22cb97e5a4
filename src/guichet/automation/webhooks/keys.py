"""The keys that sign what a hook sends: derived from the counter's secret, never stored.

The format is that of Standard Webhooks (https://www.standardwebhooks.com), version 1.0.0.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.utils.crypto import salted_hmac
from standardwebhooks import Webhook as Signer

PREFIX: Final = "whsec_"
ID_PREFIX: Final = "msg_"


def signing_key(hook: UUID, generation: int) -> bytes:
    """The key of one generation of a hook: 32 octets."""
    return salted_hmac("automation.webhook", f"{hook}:{generation}", algorithm="sha256").digest()


def secret(hook: UUID, generation: int) -> str:
    """That key as receivers are given it ("whsec_…")."""
    return PREFIX + b64encode(signing_key(hook, generation)).decode()


def message_id(delivery: UUID) -> str:
    """What a receiver knows a delivery by: the same at each try."""
    return f"{ID_PREFIX}{delivery.hex}"


def headers(*, message: str, at: datetime, body: str, keys: tuple[bytes, ...]) -> Mapping[str, str]:
    """The three headers of one try; a signature for each key, the newest first."""
    signed = (Signer(key).sign(message, at.astimezone(UTC), body) for key in keys)
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signed),
    }

"""What every way to a certificate can do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from cryptography import x509

from guichet_client.keys import PrivateKey
from guichet_client.store import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A certificate to obtain. `replaced` is the one it renews; None for a first one.

    `progress` is how far an earlier run came with this very request, `note` keeps more of it.
    """

    key: PrivateKey
    csr_der: bytes
    replaced: Version | None
    progress: Mapping[str, Any]
    note: Callable[..., None]


@dataclass(frozen=True, slots=True)
class Issued:
    """Certificates as the server gave them, in any order, and facts to keep with them."""

    certificates: list[x509.Certificate]
    facts: Mapping[str, Any] = field(default_factory=dict)


class Way(Protocol):
    """One protocol, for one certificate's settings."""

    def check(self) -> str:
        """Reach the server without asking anything of it; what was found. Raises ClientError."""

    def obtain(self, asked: Asked) -> Issued:
        """Order, wait, fetch. Raises ClientError: WAITING when a later run goes on with it."""

    def revoke(self, version: Version, reason: str) -> None:
        """Revoke, definitively. Raises ClientError."""

"""What follows the withdrawal of a renewal, in its own transaction: other apps register it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from guichet.authority.queries import IssuedCertificate
from guichet.identities.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """A product just withdrawn, and the number of the one it renews."""

    product: int
    renews: int
    issued: IssuedCertificate


Listener = Callable[[Successor, Actor, datetime], None]
_LISTENERS: Final[list[Listener]] = []


def register(listener: Listener) -> None:
    """Add what is called within the transaction that hands a renewal over."""
    if listener not in _LISTENERS:
        _LISTENERS.append(listener)


def tell(successor: Successor, by: Actor, at: datetime) -> None:
    """Call whatever is registered, in order."""
    for listener in _LISTENERS:
        listener(successor, by, at)

"""Which machine account obtained a product: told by the app that has their pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from guichet.identities.actors import Actor
from guichet.orders import watched
from guichet.orders.summaries import OrderSummary


@dataclass(frozen=True, slots=True)
class Renewer:
    """A machine account, by name; `address` of its page, empty for who does not see it."""

    name: str
    address: str
    is_open: bool


Provider = Callable[[str, Actor, datetime], Renewer | None]
_PROVIDERS: Final[list[Provider]] = []


def register(provider: Provider) -> None:
    """Set who knows machine accounts, by the references that the journal has of them."""
    _PROVIDERS[:] = [provider]


def renewer_of(order: OrderSummary, actor: Actor, at: datetime) -> Renewer | None:
    """The machine that placed an order; None where a person did."""
    if order.channel == watched.PORTAL or not _PROVIDERS:
        return None
    ref = watched.requester_of(order.number)
    return _PROVIDERS[0](ref, actor, at) if ref.startswith(watched.MACHINE) else None

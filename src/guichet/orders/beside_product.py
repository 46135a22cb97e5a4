"""What other apps have to show on the page of a product: each registers its own panel."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from guichet.identities.actors import Actor
from guichet.orders.summaries import ProductSummary


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page: a template, and what it is given beside the page's own."""

    template: str
    context: Mapping[str, Any]


Provider = Callable[[ProductSummary, Actor, datetime], Panel | None]
_PROVIDERS: Final[list[Provider]] = []


def register(provider: Provider) -> None:
    """Add a provider; None means that it has nothing to show of this product."""
    if provider not in _PROVIDERS:
        _PROVIDERS.append(provider)


def panels(product: ProductSummary, actor: Actor, at: datetime) -> tuple[Panel, ...]:
    """What is shown of a product, in the order of the apps."""
    found = (provider(product, actor, at) for provider in _PROVIDERS)
    return tuple(panel for panel in found if panel is not None)

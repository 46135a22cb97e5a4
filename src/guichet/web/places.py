"""What apps show on the pages of others, and their figures: taken where addresses are known.

The signer, the publisher, the clerk and commands have no page: they start without what only pages
are made of.
"""

from functools import cache
from typing import Protocol, runtime_checkable

from django.apps import apps


@runtime_checkable
class TakesPlaces(Protocol):
    """The configuration of an app that shows something elsewhere."""

    def take_places(self) -> None:
        """Register what the app shows on pages that are not its own, and tells as figures."""


@cache
def take() -> None:
    """Have every app take its places, once in a process, in the order of INSTALLED_APPS."""
    for config in apps.get_app_configs():
        if isinstance(config, TakesPlaces):
            config.take_places()

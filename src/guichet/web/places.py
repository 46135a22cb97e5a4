"""What apps show on the pages of others, and their figures: taken where addresses are known.

The signer, the publisher, the clerk and commands have no page: they start without what only pages
are made of.
"""

from typing import Final, Protocol, runtime_checkable

from django.apps import apps

_TAKEN: Final = set[str]()


@runtime_checkable
class TakesPlaces(Protocol):
    """The configuration of an app that shows something elsewhere."""

    def take_places(self) -> None:
        """Register what the app shows on pages that are not its own, and tells as figures.

        What is registered twice is there once: it may be called again where it raised.
        """


def take() -> None:
    """Have every app take its places, once in a process, in the order of INSTALLED_APPS.

    Raises what the first app that cannot raises: none that follows it has taken its places. Asked
    again, as Django asks for addresses at the next request, that app and those alone are asked:
    the same fault is told, or all is as if there had been none.
    """
    for config in apps.get_app_configs():
        if isinstance(config, TakesPlaces) and config.label not in _TAKEN:
            config.take_places()
            _TAKEN.add(config.label)

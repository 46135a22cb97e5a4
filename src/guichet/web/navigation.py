"""The header's entries: the portal's own, and those that apps register, since web knows none.

Below the header, an app may link the parts of its own place with each other.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the header: its words, its path, its icon, and its place (low first)."""

    label: str
    path: str
    icon: str
    order: int


@dataclass(frozen=True, slots=True)
class Local:
    """The links of a place: (key, words, address) each, and the key of where one is."""

    label: str
    items: tuple[tuple[str, str, str], ...]
    current: str


Provider = Callable[[HttpRequest], Iterable[Entry]]
LocalProvider = Callable[[HttpRequest], Local | None]
_PROVIDERS: list[Provider] = []
_LOCALS: list[LocalProvider] = []


def register(provider: Provider) -> None:
    """Add a provider, called for every page; it tells what this person may go to."""
    if provider not in _PROVIDERS:
        _PROVIDERS.append(provider)


def entries(request: HttpRequest, own: Iterable[Entry]) -> tuple[Entry, ...]:
    """The portal's own entries and those of the apps, in order."""
    found = [*own, *(entry for provider in _PROVIDERS for entry in provider(request))]
    return tuple(sorted(found, key=lambda entry: entry.order))


def register_local(provider: LocalProvider) -> None:
    """Add a provider of a place's links, called for every page; it knows its own by their path."""
    if provider not in _LOCALS:
        _LOCALS.append(provider)


def local(request: HttpRequest) -> Local | None:
    """The links of the place that a page is in; None outside."""
    return next(filter(None, (provider(request) for provider in _LOCALS)), None)

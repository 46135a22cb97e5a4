"""The header's entries: the portal's own, and those that apps register, since web knows none."""

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


Provider = Callable[[HttpRequest], Iterable[Entry]]
_PROVIDERS: list[Provider] = []


def register(provider: Provider) -> None:
    """Add a provider, called for every page; it tells what this person may go to."""
    if provider not in _PROVIDERS:
        _PROVIDERS.append(provider)


def entries(request: HttpRequest, own: Iterable[Entry]) -> tuple[Entry, ...]:
    """The portal's own entries and those of the apps, in order."""
    found = [*own, *(entry for provider in _PROVIDERS for entry in provider(request))]
    return tuple(sorted(found, key=lambda entry: entry.order))

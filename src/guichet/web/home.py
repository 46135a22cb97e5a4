"""The home page's sections: each app registers its own, since web knows none of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the home page: a template, what it is given, and its place (low first)."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    order: int = 100


Provider = Callable[[HttpRequest], Section | None]
_PROVIDERS: list[Provider] = []


def register(provider: Provider) -> None:
    """Adds a provider, called for each home page; None means nothing to show this person."""
    if provider not in _PROVIDERS:
        _PROVIDERS.append(provider)


def sections(request: HttpRequest) -> tuple[str, ...]:
    """The rendered sections of this person's home page, in order."""
    found = [section for provider in _PROVIDERS if (section := provider(request)) is not None]
    found.sort(key=lambda section: section.order)
    return tuple(
        render_to_string(section.template, dict(section.context), request) for section in found
    )

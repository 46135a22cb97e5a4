"""What other apps have to show of a structure, beside its rights: each registers its own tab."""

from collections.abc import Callable
from typing import Final

Tab = tuple[str, str, str]  # a key, the words of the active language, an address
Provider = Callable[[str], Tab]
_PROVIDERS: Final[list[Provider]] = []


def register(provider: Provider) -> None:
    """Add a provider, called with the national identifier of a structure for who represents it."""
    if provider not in _PROVIDERS:
        _PROVIDERS.append(provider)


def tabs(national_id: str) -> tuple[Tab, ...]:
    """The tabs of other apps on the pages of a structure."""
    return tuple(provider(national_id) for provider in _PROVIDERS)

"""Refusals that others want to hear of: the journal hears of those that touch security."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest

from guichet.domain.refusals import Refusal
from guichet.web import waits

Watcher = Callable[[HttpRequest, Refusal], None]
_WATCHERS: Final[list[Watcher]] = []


def register(watcher: Watcher) -> None:
    """Have a function told of every refusal that is answered."""
    _WATCHERS.append(watcher)


def tell(request: HttpRequest, refusal: Refusal) -> None:
    """Tell the watchers; called where a refusal becomes an answer, be it words on a form."""
    waits.note(request, refusal)
    for watcher in _WATCHERS:
        watcher(request, refusal)

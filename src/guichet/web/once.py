"""What a page asks several times is read once: answers kept while one GET or HEAD is answered.

A page's parts (header, lists, forms, sections) do not know of each other, and ask who may do what
each for itself. Nothing is kept outside a request, nor by one that may change something.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
READING: Final = frozenset({"GET", "HEAD"})
_KEPT: ContextVar[dict[Any, Any] | None] = ContextVar("guichet.web.once", default=None)


@contextmanager
def while_reading(method: str | None) -> Iterator[None]:
    """Keeps answers for the length of the block, if the request's method only reads."""
    token = _KEPT.set({} if method in READING else None)
    try:
        yield
    finally:
        _KEPT.reset(token)


def once_a_page(read: Callable[P, R]) -> Callable[P, R]:
    """Ask `read` once a page for the same arguments, which are hashable; its answer is frozen."""

    @wraps(read)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        kept = _KEPT.get()
        if kept is None:
            return read(*args, **kwargs)
        key = (read, args, tuple(sorted(kwargs.items())))
        if key not in kept:
            kept[key] = read(*args, **kwargs)
        found: R = kept[key]
        return found

    return asked

"""Every view that answers somebody: its route, and the methods that it takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

from django.urls import URLPattern, URLResolver

from guichet.processes.application import FURTHER_URLCONFS, URLCONFS

PORTS = {**URLCONFS, **FURTHER_URLCONFS}
View = Callable[..., Any]


@cache
def views() -> dict[str, frozenset[str]]:
    """The methods of each route; that of another port is named after it, unless it is the same."""
    portal: dict[str, set[View]] = defaultdict(set)
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    for route, view in _walk(import_module(PORTS["portal"]).urlpatterns, ""):
        portal[route].add(view)
    for port, urlconf in PORTS.items():
        for route, view in _walk(import_module(urlconf).urlpatterns, ""):
            name = route if view in portal[route] else f"{port}: {route}"
            found[name] |= methods_of(view)
    return found


def _walk(patterns: list[Any], before: str) -> Iterator[tuple[str, View]]:
    for one in patterns:
        route = before + str(one.pattern).removeprefix("^")
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            yield route, one.callback


@cache
def methods_of(view: View) -> frozenset[str]:
    """What its decorator lets through, or its operations of the API; GET when neither tells."""
    inner: Any = view
    while inner is not None:
        for cell in getattr(inner, "__closure__", None) or ():
            told = cell.cell_contents
            if hasattr(told, "operations"):
                return frozenset(method for one in told.operations for method in one.methods)
            if isinstance(told, list | tuple) and "".join(map(str, told)).isupper():
                return frozenset(told) - {"HEAD"}
        inner = getattr(inner, "__wrapped__", None)
    return frozenset({"GET"})

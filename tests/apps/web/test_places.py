"""What apps show on the pages of others: registered once, whatever goes wrong meanwhile."""

from datetime import datetime
from importlib import import_module

import pytest
from django.apps import apps

from guichet.web import home, metrics, navigation, places
from guichet.web.metrics import Gauge, Gauges


class App:
    """An app that takes places, unless its parts cannot be loaded yet."""

    def __init__(self, label: str, faults: int = 0) -> None:
        self.label = label
        self.faults = faults
        self.asked = 0

    def take_places(self) -> None:
        self.asked += 1
        if self.asked <= self.faults:
            raise ImportError(self.label)


class Plain:
    """An app that shows nothing elsewhere."""

    label = "plain"


def test_what_raised_is_asked_again_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault is told as often as it is there; in the end each app has been heard once."""
    monkeypatch.setattr(places, "_TAKEN", set())
    first, troubled, last = App("first"), App("troubled", faults=2), App("last")
    monkeypatch.setattr(apps, "get_app_configs", lambda: [first, Plain(), troubled, last])
    for _ in range(2):
        with pytest.raises(ImportError, match="troubled"):
            places.take()
    assert (first.asked, last.asked) == (1, 0)
    places.take()
    places.take()
    assert (first.asked, troubled.asked, last.asked) == (1, 3, 1)


def test_registering_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that raised half-way registers its first half twice."""
    import_module("guichet.web.urls")
    before = registered()
    monkeypatch.setattr(places, "_TAKEN", set())
    places.take()
    assert registered() == before


def registered() -> tuple[int, ...]:
    """How much is registered where apps register most."""
    lists = home._PROVIDERS, navigation._PROVIDERS, navigation._LOCALS, metrics.READ
    return tuple(len(one) for one in lists)


def test_figures_are_the_same_by_what_reads_them() -> None:
    """Two registrations of a function are one."""
    assert Gauges(nothing) == Gauges(nothing)
    assert Gauges(nothing) != Gauges(lambda _at: ())


def nothing(_at: datetime) -> tuple[Gauge, ...]:
    """No figure."""
    return ()

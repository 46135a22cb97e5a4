"""Every view asks the database as often for ten things as for one, and no more than recorded."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import client

from apps.backoffice import direct, entries, programs, waiting
from apps.backoffice.exceptions import ABSENT, FOR_EACH, LIMITED, ONLY_READ, UNCOUNTED
from apps.backoffice.explorer import Explorer
from apps.backoffice.scenery import Scene, furnish
from apps.backoffice.steps import Act, Made, Step, again, distinct, learn
from apps.backoffice.typed import typed
from apps.backoffice.views import PORTS, views
from apps.walk.conftest import (  # noqa: F401 the people of the town
    _no_cache,
    authorities,
    enter,
    jean,
    known_registers,
    nobody,
    person,
    sign,
    sophie,
    staff,
    structures,
    town,
)
from apps.walk.town import Town
from guichet.authority import queue
from guichet.automation import authentication, certificates, rates
from guichet.automation.acme import nonces
from guichet.automation.acme.validation import caa
from guichet.automation.est.policy import EstPolicy
from guichet.habilitations import files
from guichet.identities import cards, machines, oidc
from guichet.web import health
from kit.copies import multiply

TABLE = Path(__file__).with_name("query_counts.tsv")
REWRITTEN = "GUICHET_WRITE_QUERY_COUNTS"
AT_LEAST = 500
# Of a view that the table does not know yet.
NEW_AT_MOST = 20
DONE = 400


@pytest.fixture
def scene(
    town: Town,  # noqa: F811 the fixture above
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Scene]:
    """The town, furnished; who holds a card and what a chain proves are other tests' affair."""
    settings.GUICHET_EST = EstPolicy(wait=timedelta(0))
    # That a machine called is noted at its first call alone, however long the others take.
    monkeypatch.setattr(machines, "NOTED_EVERY", timedelta(days=1))
    # That the queue is not full is asked each time, whatever was asked in the same second.
    monkeypatch.setattr(queue, "COUNT_SECONDS", 0.0)
    # Nor is one use of a nonce in so many, by chance, the one that sweeps.
    monkeypatch.setattr(nonces, "SWEPT", sys.maxsize)
    monkeypatch.setattr(certificates, "require_good", lambda chain, at: None)
    monkeypatch.setattr(caa, "require", lambda name, account, method: None)
    # A file erased is not given back when what erased it is undone.
    monkeypatch.setattr(files, "erase", lambda key: None)
    number = town.people["nobody"].actor.card_number
    monkeypatch.setattr(cards, "_number_of_genuine", lambda chain, at: number)
    # No process runs beside: what is asked of them is asked, and they are well.
    checks = health.checks
    monkeypatch.setattr(health, "checks", lambda at: dict.fromkeys(checks(at), "ok"))
    holder = town.people["sophie"].actor
    monkeypatch.setattr(authentication, "actor_of_peer", lambda request: holder)
    rates.forget()
    yield furnish(town)
    rates.forget()


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> entries.Provider:
    """In place of the demo's, which another process may serve."""
    found = entries.Provider()
    issuers: dict[str, Any] = dict.fromkeys(entries.ISSUERS, entries.ISSUER)
    bare: dict[str, Any] = {"oidc_certificate": None, "oidc_roots": None}
    settings.GUICHET = replace(settings.GUICHET, **issuers, **bare)
    monkeypatch.setattr(oidc, "_send", found)
    return found


@pytest.fixture
def began(
    scene: Scene,
    provider: entries.Provider,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, list[Step]]:
    """What everybody asks, by port: programs first, since pages show some of their things."""
    # Nobody looks at what templates were given, copied for each that is drawn.
    monkeypatch.setattr(client, "store_rendered_templates", lambda *told, **more: None)
    found = {"portal": list(programs.acme(scene))}
    settings.ROOT_URLCONF = PORTS["card"]
    found["card"] = [*programs.est(scene), *programs.rest(scene), entries.at_card_port()]
    settings.ROOT_URLCONF = PORTS["portal"]
    explorer = Explorer(typed())
    for name, browser in scene.town.browsers.items():
        explorer.walk(name, browser, scene.hubs(name))
    explorer.press()
    explorer.start(direct.asked(scene))
    explorer.start([*entries.at_providers(provider, scene), *entries.by_card(scene)])
    explorer.start(waiting.waited(scene))
    found["portal"] += explorer.began
    return found


@pytest.mark.long
def test_no_view_asks_more_often_for_ten_things_than_for_one_nor_than_recorded(
    began: dict[str, list[Step]], settings: Any
) -> None:
    """What must ask more often is recorded by GUICHET_WRITE_QUERY_COUNTS=1 pytest …"""
    for _port, step in _on_each(began, settings):
        if not step.status:
            learn(step)
    every = [(port, step) for port, steps in began.items() for step in _every(steps)]
    done = {_way(port, step.act) for port, step in every if step.status < DONE}
    assert {route for _how, route in _every_way() - done} ^ ABSENT == set()
    if connection.vendor != "sqlite":
        return  # every statement was made; how often is the same on both, and was counted there
    of_one = {step: (step.status, step.count) for _port, step in every}
    seen: set[tuple[str, Made]] = set()
    unlike = {port: list(distinct(port, steps, seen)) for port, steps in began.items()}
    assert multiply(10) > 500
    of_ten = [(port, *told) for port, step in _on_each(unlike, settings) for told in again(step)]
    assert len(of_ten) >= AT_LEAST
    changed = [(port, step) for port, step, status, _n in of_ten if status != of_one[step][0]]
    counts = _most([*of_ten, *((port, step, *of_one[step]) for port, step in changed)])
    if os.environ.get(REWRITTEN):
        TABLE.write_text("".join(f"{row}\t{count}\n" for row, count in sorted(counts.items())))
    done = {_way(port, step.act) for port, step, *_told in of_ten if of_one[step][0] < DONE}
    assert _every_way() - {_way(port, step.act) for port, step, *_told in of_ten} == set()
    assert {route for _how, route in _every_way() - done} ^ ABSENT == set()
    acts = [step for _port, step, *_told in of_ten if step.writes and of_one[step][0] < DONE]
    wrote = {step.act.name for step in acts if step.wrote}
    assert {step.act.name for step in acts} - wrote == ONLY_READ.keys()
    assert [
        (step.act, of_one[step], (status, count))
        for _port, step, status, count in of_ten
        if (status != of_one[step][0] and step.act.route not in LIMITED)
        or (count > of_one[step][1] and step.act.route not in FOR_EACH)
    ] == []
    assert LIMITED.keys() == {step.act.route for _port, step in changed}
    rows = (line.rpartition("\t") for line in TABLE.read_text().splitlines())
    known = {row: int(count) for row, _tab, count in rows}
    above = {row: n for row, n in counts.items() if n > known.get(row, NEW_AT_MOST)}
    assert (above, known.keys() - counts.keys()) == ({}, set())


def _on_each(began: dict[str, list[Step]], settings: Any) -> Iterator[tuple[str, Step]]:
    """The steps that begin, each while its port is the one that answers."""
    for port, steps in began.items():
        settings.ROOT_URLCONF = PORTS[port]
        for step in steps:
            yield port, step


def _every(steps: list[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _every(step.then)


def _most(asked: list[tuple[str, Step, int, int]]) -> dict[str, int]:
    """The greatest count of each view, by whom, how and with which status."""
    found: dict[str, int] = {}
    for port, step, status, count in asked:
        who, what = step.act.who or "visitor", step.act.what
        row = "\t".join((_named(port, step.act.route), who, what, str(status)))
        found[row] = max(count, found.get(row, 0))
    return found


def _named(port: str, route: str) -> str:
    """The route; of another port than the portal, after its name if the portal has no such view."""
    return f"{port}: {route}" if f"{port}: {route}" in views() else route


def _way(port: str, act: Act) -> tuple[str, str]:
    """By which method, and the route."""
    return act.what.split()[0], _named(port, act.route)


def _every_way() -> set[tuple[str, str]]:
    """Each method of each view that is counted."""
    every = {(how, route) for route, methods in views().items() for how in methods}
    return {(how, route) for how, route in every if not route.startswith(UNCOUNTED)}

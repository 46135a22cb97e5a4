"""Every page that a browser can reach asks the database as often for ten things as for one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

from apps.backoffice import scenery
from apps.orders.counter import Person, Sign
from guichet.identities import machines
from kit.copies import multiply

TABLE = Path(__file__).with_name("query_counts.tsv")
REWRITTEN = "GUICHET_WRITE_QUERY_COUNTS"
AT_LEAST = 250
# Of a page that the table does not know yet.
NEW_AT_MOST = 20
LINK = re.compile(r'(?:href|data-live|action)="([^"#][^"]*)"')
ASKED = ("SELECT", "INSERT", "UPDATE", "DELETE")
# Noted once or twice a minute, whatever the page: it fell to one page or another.
BESIDE = ('"django_session"', '"automation_callwindow"')
# Where each begins: what is found there is theirs.
HUBS = (
    *("/", "/produits/", "/produits/suivre/", "/gestion/", "/gestion/dossiers/", "/gestion/acces/"),
    *("/habilitations/", "/habilitations/structures/", "/habilitations/editeur/", "/automates/"),
    *("/associations/", "/annonces/", "/courriers/", "/aide/"),
)
RESOURCES = tuple(
    f"/api/v1/{name}"
    for name in ("orders", "products", "structures", "habilitations", "machines", "webhooks")
)
# Doors to elsewhere, and files.
LEFT = re.compile("/static/|/connexion/(?:carte|ecps|proconnect|franceconnect)/")


@dataclass(frozen=True, order=True)
class Page:
    """A page as somebody sees it: its route, who, where."""

    route: str
    who: str
    address: str


def answered(browser: Client, address: str) -> tuple[HttpResponse, int]:
    """What is answered with nothing kept in the cache, and how many statements read or write."""
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        answer = browser.get(address, secure=True)
        if answer.streaming:  # read to its end, an export closes its file
            tuple(answer)
    told = [query["sql"].lstrip("(") for query in captured]
    return answer, sum(sql.startswith(ASKED) and not any(t in sql for t in BESIDE) for sql in told)  # type: ignore[return-value]


def route_of(address: str) -> str | None:
    try:
        return resolve(urlsplit(address).path).route
    except Resolver404:
        return None


def links(answer: HttpResponse, address: str) -> Iterator[str]:
    if not answer.streaming and answer.get("Content-Type", "").startswith("text/html"):
        for found in LINK.findall(answer.content.decode()):
            whole = urldefrag(urljoin(address, unescape(found))).url
            if whole.startswith("/") and not LEFT.match(whole):
                yield whole


def walk(name: str, browser: Client, of_one: dict[Page, int]) -> None:
    """One page a route, by the links that this person finds; others' are left out, but hubs."""
    hubs = RESOURCES if name == "machine" else HUBS
    waiting, seen, tried = list(hubs), {page.route for page in of_one}, set()
    while waiting:
        address = waiting.pop(0)
        route = route_of(address)
        is_new = route is not None and route not in seen
        if address in tried or not (is_new or address in hubs):
            continue
        tried.add(address)
        answer, count = answered(browser, address)
        if answer.status_code == 302:
            waiting.insert(0, urldefrag(urljoin(address, answer["Location"])).url)
        elif answer.status_code == 200:
            seen.add(route)
            of_one[Page(str(route), name, address)] = count
            waiting += links(answer, address)


def recorded() -> Mapping[tuple[str, str], int]:
    rows = [line.split("\t") for line in TABLE.read_text().splitlines()]
    return {(route, who): int(count) for route, who, count in rows}


def record(found: Mapping[Page, int]) -> None:
    rows = [f"{page.route}\t{page.who}\t{count}\n" for page, count in sorted(found.items())]
    TABLE.write_text("".join(rows))


def test_no_page_asks_more_often_for_ten_things_than_for_one_nor_than_recorded(
    sophie: Person, person: scenery.Enter, sign: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that must ask more often is recorded by GUICHET_WRITE_QUERY_COUNTS=1 pytest …"""
    # That a machine called is noted at its first page alone, however long the others take.
    monkeypatch.setattr(machines, "NOTED_EVERY", timedelta(days=1))
    browsers = scenery.made(sophie, person, sign)
    of_one: dict[Page, int] = {}
    for name, browser in browsers.items():
        walk(name, browser, of_one)
    assert len(of_one) >= AT_LEAST
    assert multiply(10) > 500
    of_ten = {page: answered(browsers[page.who], page.address)[1] for page in of_one}
    grown = [(page, n, of_ten[page]) for page, n in of_one.items() if of_ten[page] > n]
    assert grown == []
    if os.environ.get(REWRITTEN):
        record(of_ten)
    if connection.vendor != "sqlite":
        return  # the table was written there; PostgreSQL is also asked for plans and cursors
    known = recorded()
    allowed = {page: known.get((page.route, page.who), NEW_AT_MOST) for page in of_ten}
    above = [(page, n, allowed[page]) for page, n in of_ten.items() if n > allowed[page]]
    assert above == []

"""Somebody who follows every link and presses every button once, and notes how to do it again."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from html import unescape
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

from apps.backoffice.forms import Form, forms_of, is_page
from apps.backoffice.steps import Act, Step, asked
from apps.backoffice.views import PORTS, methods_of

LINK = re.compile(r'(?:href|data-live|action)="([^"#][^"]*)"')
# Doors to elsewhere, and files.
LEFT = re.compile("/static/|/connexion/(?:carte|ecps|proconnect|franceconnect)/")
# A button that was refused is pressed on a few other pages: its thing may be in another state.
TRIES = 3
DEEP = 5
DONE = 400


def route_of(address: str) -> str | None:
    """The route of an address of the portal, none elsewhere."""
    found = _resolved(urlsplit(address).path)
    return found and found[0]


def is_read(address: str) -> bool:
    """Whether a view of the portal answers GET there."""
    found = _resolved(urlsplit(address).path)
    return found is not None and found[1]


@cache
def _resolved(path: str) -> tuple[str, bool] | None:
    """The route, and whether GET is answered; pages hold the same links by the hundred."""
    try:
        found = resolve(path, PORTS["portal"])
    except Resolver404:
        return None
    return str(found.route), "GET" in methods_of(found.func)


def links(answer: HttpResponse) -> Iterator[str]:
    """Where a page leads, on this site."""
    if is_page(answer):
        here = answer.wsgi_request.get_full_path()
        for found in LINK.findall(answer.content.decode()):
            whole = urldefrag(urljoin(here, unescape(found))).url
            if whole.startswith("/") and not LEFT.match(whole) and is_read(whole):
                yield whole


@dataclass
class Explorer:
    """What was found so far: `began` are the first steps, each with what follows from it."""

    typed: Mapping[str, Mapping[str, Any]]
    began: list[Step] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    done: set[tuple[str, str]] = field(default_factory=set)
    tries: Counter[tuple[str, ...]] = field(default_factory=Counter)
    pages: list[tuple[Step, HttpResponse]] = field(default_factory=list)

    def walk(self, who: str, browser: Client, hubs: Iterable[str]) -> None:
        """One page a route, by the links that this person finds; hubs are opened by everybody."""
        waiting, hubs, tried = deque(hubs), frozenset(hubs), set[str]()
        while waiting:
            address = waiting.popleft()
            route = route_of(address)
            if route is None or address in tried or (route in self.seen and address not in hubs):
                continue
            tried.add(address)
            step = Step(Act(route, who), browser, partial(_opened, browser, address))
            answer = self.answered(step)
            if step.status < DONE:
                self.began.append(step)
                self.pages.append((step, answer))
            if step.status == 302:
                waiting.appendleft(urldefrag(urljoin(address, answer["Location"])).url)
            waiting += links(answer)

    def answered(self, step: Step) -> HttpResponse:
        """What comes back from a step that only reads."""
        with asked(step, None) as (answer, count):
            self.noted(step, answer, count)
        return answer

    def press(self) -> None:
        """Each button of the pages that were walked, once."""
        for step, answer in self.pages:
            self.followed(step, answer, 0)

    def start(self, steps: Iterable[Step]) -> None:
        """What no page leads to, and what can be done from its answer."""
        for step in steps:
            with asked(step, None) as (answer, count):
                self.noted(step, answer, count)
                if step.status < DONE:
                    self.followed(step, answer, 1)
            self.began.append(step)

    def noted(self, step: Step, answer: HttpResponse, count: int) -> None:
        step.status, step.count = answer.status_code, count
        if step.status == 200 and not step.writes:
            self.seen.add(step.act.route)
        if step.status < DONE:
            self.done.add((step.act.route, step.act.what))

    def followed(self, before: Step, answer: HttpResponse, deep: int) -> None:
        """Where an answer leads is opened, its buttons are pressed: what was new is kept."""
        for step in self.offered(before, answer, deep):
            was_seen = step.act.route in self.seen
            with asked(step, answer) as (following, count):
                self.noted(step, following, count)
                if step.status < DONE and deep < DEEP:
                    self.followed(step, following, deep + 1)
            if step.status < DONE and (step.writes or step.then or not was_seen):
                before.then.append(step)

    def offered(self, step: Step, answer: HttpResponse, deep: int) -> Iterator[Step]:
        """What can be done from an answer, that nobody did."""
        who, browser = step.act.who, step.browser
        if step.writes and answer.status_code == 302:
            route = route_of(urljoin(_here(answer), answer["Location"]))
            if route:
                yield Step(Act(route, who), browser, partial(_redirected, browser))
        if deep:
            for address in links(answer):
                route = route_of(address)
                if route and route not in self.seen and self.is_worth(who, route, "GET"):
                    yield Step(Act(route, who), browser, partial(_linked, browser, route))
        for form in forms_of(answer):
            key = (route_of(form.action) or "", f"POST {form.button}".strip())
            if key[0] and key not in self.done and self.is_worth(who, *key):
                typed = {**self.typed.get(key[0], {}), **self.typed.get(" ".join(key), {})}
                sent = partial(_pressed, browser, form, typed)
                yield Step(Act(key[0], who, key[1]), browser, sent)

    def is_worth(self, *key: str) -> bool:
        """Whether somebody tried it a few times at most."""
        self.tries[key] += 1
        return self.tries[key] <= TRIES


def _opened(browser: Client, address: str, _before: Any = None) -> Any:
    return browser.get(address, secure=True)


def _redirected(browser: Client, before: HttpResponse) -> Any:
    return browser.get(urljoin(_here(before), before["Location"]), secure=True)


def _linked(browser: Client, route: str, before: HttpResponse) -> Any:
    found = next(address for address in links(before) if route_of(address) == route)
    return browser.get(found, secure=True)


def _pressed(browser: Client, form: Form, typed: Mapping[str, Any], before: HttpResponse) -> Any:
    """The same button of the page as it is now: of the same thing, if it is still there."""
    route = route_of(form.action)
    offered = [
        one
        for one in forms_of(before)
        if (route_of(one.action), one.button) == (route, form.button)
    ]
    here = next((one for one in offered if one.action == form.action), offered[0])
    return browser.post(here.action, here.filled({**form.needed, **typed}), secure=True)


def _here(answer: HttpResponse) -> str:
    return str(answer.wsgi_request.get_full_path())

"""Every page that people reach by links, and the same pages when their forms are sent empty."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve
from lxml import html
from lxml.html import HtmlElement

AGAIN = 3  # pages of one view that a person opens: another state is often behind the second link


@dataclass(frozen=True)
class Seen:
    """A page: who saw it, where, the name of its route, its text and its `marks_of`."""

    person: str
    path: str
    route: str
    text: str
    marks: frozenset[str]


@dataclass
class Walk:
    """Pages found so far; a page whose marks were all met at the same route is not kept.

    `broken`: who followed a link to a route that answered by this 4xx or 5xx.
    """

    pages: list[Seen] = field(default_factory=list)
    marks: dict[str, set[str]] = field(default_factory=dict)
    broken: dict[tuple[str, int], set[str]] = field(default_factory=dict)

    def person(self, name: str, browser: Client, seeds: Iterable[str], again: int = AGAIN) -> None:
        """Follow every link from these addresses, a few times each route."""
        waiting, met, times = deque(seeds), set(seeds), dict[str, int]()
        while waiting:
            path = waiting.popleft()
            route = route_of(path)
            if route is None or times.get(route, 0) >= again:
                continue
            answer = browser.get(path, secure=True)
            answer.close()
            if not is_page(answer):
                if answer.status_code >= 400:
                    self.broken.setdefault((route, answer.status_code), set()).add(name)
                if answer.status_code in {301, 302}:
                    target = urljoin(path, answer["Location"])
                    if target not in met:
                        met.add(target)
                        waiting.append(target)
                continue
            times[route] = times.get(route, 0) + 1
            for link in links(path, self.keep(name, path, route, answer)):
                if link not in met:
                    met.add(link)
                    waiting.append(link)

    def send_empty(self, browsers: Mapping[str, Client]) -> None:
        """What pages say when nothing was typed: sent last, since some forms ask for nothing."""
        for page in list(self.pages):
            for action in empty_forms(page):
                answer = browsers[page.person].post(action, {}, secure=True)
                self.answered(page.person, action, answer)

    def answered(self, name: str, path: str, answer: HttpResponse) -> None:
        """Keep what a form was answered with, when it is a page."""
        route = route_of(path)
        if route and is_page(answer, {200, 422}):
            self.keep(name, path, route, answer)

    def keep(self, name: str, path: str, route: str, answer: HttpResponse) -> HtmlElement:
        """Keep a page that shows something not yet met at its route; the page, as it was read."""
        text = answer.content.decode()
        read = html.fromstring(text)
        found = marks_of(read)
        known = self.marks.setdefault(route, set())
        if found - known:
            known |= found
            self.pages.append(Seen(name, path, route, text, found))
        return read


def is_page(answer: HttpResponse, statuses: Iterable[int] = (200,)) -> bool:
    """Whether an answer is HTML that people read."""
    return answer.status_code in statuses and answer.get("Content-Type", "").startswith("text/html")


def route_of(path: str) -> str | None:
    """The route of an address of the portal, none elsewhere."""
    parts = urlsplit(path)
    if parts.netloc and parts.netloc != "testserver":
        return None
    try:
        return str(resolve(parts.path).route)
    except Resolver404:
        return None


def links(path: str, page: HtmlElement) -> Iterator[str]:
    """Where a page leads, on this site."""
    for anchor in page.iter("a"):
        target = urlsplit(urljoin(path, anchor.get("href", "")))
        is_here = not target.netloc or target.netloc == "testserver"
        if is_here and "." not in target.path.rpartition("/")[2]:
            yield target.path + (f"?{target.query}" if target.query else "")


def empty_forms(page: Seen) -> Iterator[str]:
    """Where the forms with fields of a page are sent."""
    for form in html.fromstring(page.text).iter("form"):
        if form.get("method") == "post" and form.find_class("field"):
            yield urljoin(page.path, form.get("action", ""))


def marks_of(page: HtmlElement) -> frozenset[str]:
    """What a rule of accessibility could tell apart: elements with classes and roles."""
    known = ("class", "role", "type", "aria-current", "aria-invalid", "open")
    return frozenset(
        " ".join((one.tag, *(one.get(name, "") for name in known)))
        for main in page.iter("main")
        for one in main.iter()
        if isinstance(one.tag, str)
    )

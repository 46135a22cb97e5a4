"""What holds at every address of every listener: headers of the answer, words, the CSRF check."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RegexPattern
from django.utils.translation import trans_real

from apps.automation.callers import actor
from guichet.identities import sessions
from guichet.identities.actors import Actor
from guichet.processes.application import FURTHER_URLCONFS, URLCONFS
from guichet.web.templatetags import keeping
from kit.french import french_of

LISTENERS = URLCONFS | FURTHER_URLCONFS
ID = "00000000-0000-4000-8000-000000000000"
# Doors of programs: they sign, or say who they are, at each request, and read no session.
WITHOUT_CSRF = (
    "guichet.automation.",
    "guichet.bench.provider.views",
    "guichet.bench.views.server",
    "guichet.bench.views.kept",
    "guichet.orders.views.contacts",  # RFC 8058: the mail program's one click
    "ninja.",
)
ROLES = ("administrator", "instructor", "operator", "auditor")
# Read by anybody, the same for all: these may be kept a while.
PUBLIC = ("/api/v1/associations", "/etat")
# Developers of pages read it, in the demo alone.
SHOWCASE = "/style/"
# Without authorities there is nothing to answer.
FAULTS = {"/.well-known/est/cacerts"}


@dataclass(frozen=True)
class Address:
    """An address with something in the place of each argument, and its view."""

    path: str
    view: Any

    @property
    def is_exempt(self) -> bool:
        return bool(getattr(self.view, "csrf_exempt", False))


def addresses(urlconf: str) -> list[Address]:
    return list(_walk(import_module(urlconf).urlpatterns, "/"))


def _walk(patterns: list[Any], before: str) -> Iterator[Address]:
    for one in patterns:
        path = before + _filled(one)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, path)
        elif isinstance(one, URLPattern):
            yield Address(path, one.callback)


def _filled(pattern: URLPattern | URLResolver) -> str:
    """The route with a value that each converter takes in the place of each argument."""
    converters = pattern.pattern.converters
    if isinstance(pattern.pattern, RegexPattern):
        return re.sub(r"\(\?P<\w+>[^)]*\)", "x", str(pattern.pattern)).strip("^$")
    return re.sub(
        r"<(?:\w+:)?(\w+)>",
        lambda found: _value(converters[found[1]].regex),
        str(pattern.pattern),
    )


def _value(regex: str) -> str:
    tried = ("7", ID, "x", "a.b", *regex.strip("()?:").split("|"))
    return next(value for value in tried if re.fullmatch(regex, value))


@pytest.fixture(params=list(LISTENERS))
def listener(request: pytest.FixtureRequest, settings: Any) -> str:
    settings.ROOT_URLCONF = LISTENERS[request.param]
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    return str(request.param)


# Django's own phrases ("%s KB"), which are English before they are translated, and must be filled.
DJANGO_S = gettext.translation("django", Path(django.__file__).parent / "conf" / "locale", ["fr"])


class Awaited(gettext.NullTranslations):
    """What has no English yet, which `test_catalogues.py` tells, says nothing in French."""

    def gettext(self, message: str) -> str:
        return message if "%" in message and DJANGO_S.gettext(message) != message else ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        own = msgid1 if n == 1 else msgid2
        return own if DJANGO_S.ngettext(msgid1, msgid2, n) not in {msgid1, msgid2} else ""


def test_django_s_own_words_stay() -> None:
    awaited = Awaited()
    assert (awaited.gettext("%s KB"), awaited.gettext("Ce qui attend")) == ("%s KB", "")
    assert awaited.ngettext("%(size)d byte", "%(size)d bytes", 2) == "%(size)d bytes"


@pytest.fixture
def _without_what_awaits_its_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trans_real.translation("en"), "_fallback", Awaited())
    # What was kept of English pages is not theirs, nor is what these keep that of others.
    monkeypatch.setattr(keeping, "get_language", lambda: "en, awaited")


@pytest.mark.django_db
@pytest.mark.usefixtures("_without_what_awaits_its_english")
def test_every_answer_is_strict_and_in_the_readers_language(listener: str) -> None:
    """Pages, files, redirections, refusals and faults alike; nothing private is stored."""
    visitor = Client(raise_request_exception=False, headers={"accept-language": "en"})
    found = addresses(LISTENERS[listener])
    assert len(found) > 10
    for address in found:
        answer = visitor.get(address.path, secure=True, **{"guichet.listener": listener})
        assert answer.status_code != 500 or address.path in FAULTS, address
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy, address
        for directive in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert directive in policy, address
        assert "require-trusted-types-for 'script'" in policy, address
        assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        assert answer["X-Content-Type-Options"] == "nosniff", address
        assert answer["X-Frame-Options"] == "DENY", address
        assert answer["Referrer-Policy"] == "same-origin", address
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", address
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin", address
        is_page = answer.get("Content-Type", "").startswith("text/html")
        assert ("camera=()" in answer.get("Permissions-Policy", "")) == is_page, address
        stored = answer["Cache-Control"]
        is_private = "no-store" in stored or stored == "private, no-cache"
        assert is_private or address.path.startswith(PUBLIC), (address, stored)
        if is_page and not address.path.startswith(SHOWCASE):
            assert french_of(answer.content.decode()) == [], address


@pytest.mark.django_db
@pytest.mark.parametrize("who", [None, actor("2800143590", *ROLES)], ids=["nobody", "staff"])
def test_head_is_answered_as_get_is(
    listener: str, who: Actor | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 9110 §9.3.2: the same but for the body, at every address; 200 for a nonce (RFC 8555)."""
    monkeypatch.setattr(sessions, "actor_of_session", lambda _request, _at: who)
    visitor = Client(raise_request_exception=False, headers={"accept": "application/json"})
    for address in addresses(LISTENERS[listener]):
        told = {"secure": True, "guichet.listener": listener}
        got, head = (ask(address.path, **told) for ask in (visitor.get, visitor.head))
        wanted = 200 if address.path.endswith("/new-nonce") else got.status_code
        assert head.status_code == wanted, address
        assert b"".join(head) == b"", address
        allowed = {method.strip() for method in head.get("Allow", "HEAD, GET").split(",")}
        assert ("HEAD" in allowed) == ("GET" in allowed), address
        got.close()
        head.close()


@pytest.mark.django_db
def test_every_post_is_checked_but_those_of_programs(listener: str) -> None:
    """403 before the view runs; who goes without the check is named above."""
    # Told in a line, as to programs: the page of the refusal, drawn hundreds of times, is the same.
    quickly = {"accept": "application/json"}
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False, headers=quickly)
    for address in addresses(LISTENERS[listener]):
        if address.is_exempt:
            assert address.view.__module__.startswith(WITHOUT_CSRF), address
        else:
            answer = browser.post(address.path, {"a": "1"}, secure=True)
            assert answer.status_code in {403, 404}, address


@pytest.mark.django_db
def test_every_cookie_is_bound_to_its_host(listener: str) -> None:
    """__Host-: secure, of this host alone, for the whole of it (RFC 6265bis §4.1.3.2)."""
    visitor = Client()
    visitor.get("/", secure=True)
    for path, typed in (("/langue/", {"language": "en"}), ("/theme/", {"theme": "dark"})):
        visitor.post(path, typed, secure=True)
    assert visitor.cookies
    for name, cookie in visitor.cookies.items():
        assert name.startswith("__Host-"), name
        told = (cookie["secure"], cookie["httponly"], cookie["domain"], cookie["path"])
        assert told == (True, True, "", "/"), name
        assert cookie["samesite"] == "Lax", name

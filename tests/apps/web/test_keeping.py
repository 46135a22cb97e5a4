"""What many pages have alike is drawn once, and never shown where it is not what would be drawn."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as configured
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from apps.orders.conftest import person  # noqa: F401 somebody logged in
from apps.orders.counter import Person
from guichet.web.templatetags import keeping

TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")\w+')
PATHS = ("/", "/aide/", "/produits/suivre/", "/nulle-part/")
ENGLISH = {"accept-language": "en"}
DARK = "__Host-guichet-theme"


def drawn_by(template: Template, **values: Any) -> str:
    return template.render(Context(values))


def counting(body: str, *keys: str) -> Template:
    """A template that says how many times its kept part was drawn."""
    return Template(f"{{% load keeping %}}{{% kept {' '.join(keys)} %}}{body}{{% endkept %}}")


class Counter:
    """Tells how many times it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __str__(self) -> str:
        self.times += 1
        return str(self.times)


def test_it_is_drawn_once_for_each_value() -> None:
    template, asked = counting("{{ key }} {{ asked }}", "key"), Counter()
    told = [drawn_by(template, key=key, asked=asked) for key in ("a", "b", "a", "b")]
    assert told == ["a 1", "b 2", "a 1", "b 2"]


def test_each_language_settings_and_addresses_have_their_own(settings: Any) -> None:
    """Whoever changes them within a process, as tests do, is shown what they changed."""
    template, asked = counting("{{ asked }}"), Counter()
    french = drawn_by(template, asked=asked)
    with translation.override("en"):
        assert drawn_by(template, asked=asked) != french
    assert drawn_by(template, asked=asked) == french
    settings.ROOT_URLCONF = "apps.web.addresses"
    elsewhere = drawn_by(template, asked=asked)
    assert elsewhere != french
    settings.GUICHET = replace(configured.GUICHET, demo=False)
    assert drawn_by(template, asked=asked) not in {french, elsewhere}


def test_no_more_is_kept_than_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "KEPT_AT_MOST", 2)
    template, asked = counting("{{ asked }}", "key"), Counter()
    told = [drawn_by(template, key=key, asked=asked) for key in (1, 2, 1, 3, 1)]
    assert told == ["1", "2", "1", "3", "4"]


def pages_of(browser: Client) -> list[str]:
    """Each page, to readers of both languages, in the system's theme and in the dark one."""
    found = []
    for theme in ("auto", "dark"):
        browser.cookies[DARK] = theme
        for headers in ({}, ENGLISH):
            answers = [browser.get(path, secure=True, headers=headers) for path in PATHS]
            found += [TOKEN.sub(r"\1", answer.content.decode()) for answer in answers]
    return found


def test_pages_are_what_they_would_be_without(
    person: Callable[..., Person],  # noqa: F811 the fixture above
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A visitor, an administrator and an operator one after another: nobody is shown another's."""
    people = [
        Client(),
        person("2800999999", "PAUL RIEN", "899700999999").browser,
        person("2800402035", "OLGA GRAND", "899700402037", "operator").browser,
    ]
    for browser in people:
        browser.raise_request_exception = False
    kept = [pages_of(browser) for browser in people for _twice in range(2)]
    monkeypatch.setattr(keeping.Kept, "render", lambda self, context: self.nodelist.render(context))
    anew = [pages_of(browser) for browser in people for _twice in range(2)]
    for was, would_be in zip(kept, anew, strict=True):
        for one, other in zip(was, would_be, strict=True):
            assert identified(one) == identified(other)


def identified(page: str) -> str:
    """Without what no two answers have alike."""
    return re.sub(r'data-session-end="\d+"|<code>[0-9a-f]{16}</code>', "", page)

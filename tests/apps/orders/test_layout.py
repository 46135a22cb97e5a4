"""How the pages of the four verbs stand on a phone, a tablet and a desk, in Debian's Chromium."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from apps.orders.counter import HOSPITAL, Person, Sign, withdrawn
from guichet import web

STYLE = Path(web.__file__).parent / "static" / "build" / "guichet.css"
LINK = re.compile(r'<link rel="stylesheet"[^>]*>')
ELSEWHERE = re.compile(r'<script type="module"[^>]*></script>|<link rel="icon"[^>]*>')
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PHONE, TABLET, DESK = 360, 768, 1280
# Lists with filters, and how they are asked for.
FILTERED = ("suivre/", "suivre/parc/", "revoquer/")
QUERIES = ("", "?offre=ORG&tri=not_after")
pytestmark = pytest.mark.browser


def html_of(person: Person, address: str) -> str:
    """The page as it is served, with its style sheet inside and no script."""
    text = person.get(address).content.decode()
    style = STYLE.read_text().replace("\\", "\\\\")
    return ELSEWHERE.sub("", LINK.sub(f"<style>{style}</style>", text))


@contextmanager
def opened() -> Iterator[Page]:
    """A page of Chromium. Django's database is not touched while it is open: it runs a loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser.new_page()
        browser.close()


def show(page: Page, html: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.set_content(html)


def measured(page: Page, script: str) -> Any:
    return page.evaluate(script)


@pytest.mark.parametrize("width", [PHONE, TABLET])
def test_what_a_search_finds_is_broken_within_the_screen(
    sophie: Person, person: Callable[..., Person], width: int
) -> None:
    """A service may be named by one word of 64 letters."""
    name = "m" * 64
    sophie.orders(service=name)
    ines = person("2800406077", "INES EXAMEN", "899700406070", "instructor")
    found = html_of(ines, f"/gestion/recherche/?q={name}")
    with opened() as page:
        show(page, found, width)
        assert name in page.locator(".hits").inner_text()
        assert measured(page, WIDE) == 0


def test_pages_stand_well_at_every_width(sophie: Person, sign: Sign) -> None:
    """Each promise below, in one Chromium: starting it takes longer than all that it shows."""
    ready = sophie.orders()
    sign()
    product = withdrawn(sophie, sign)
    base = sophie.draft()
    sophie.post(base + "1/", {"offer": "ORG", "structure_id": HOSPITAL})
    drafts = html_of(sophie, "/produits/demander/")
    to_withdraw = html_of(sophie, f"/produits/retirer/{ready}/")
    filtered = [html_of(sophie, f"/produits/{a}{q}") for q in QUERIES for a in FILTERED]
    sheet = html_of(sophie, f"/produits/suivre/parc/{product}/")
    with opened() as page:
        for html in (drafts, to_withdraw):
            stands_off_its_first_card(page, html)
        shows_whole_buttons_of_drafts(page, drafts)
        for html in filtered:
            folds_its_filters_on_a_phone_alone(page, html)
        is_read_beside_a_timeline(page, sheet)


def stands_off_its_first_card(page: Page, html: str) -> None:
    """The title, from what comes next."""
    gap = """(() => { const h1 = document.querySelector("main h1");
        const next = h1.nextElementSibling.getBoundingClientRect().top;
        return next - h1.getBoundingClientRect().bottom; })()"""
    for width in (PHONE, TABLET, DESK):
        show(page, html, width)
        assert measured(page, gap) >= 16


def shows_whole_buttons_of_drafts(page: Page, html: str) -> None:
    """On a tablet nothing of the table is behind its edge."""
    hidden = """(() => { const box = document.querySelector(".table-scroll");
        return box.scrollWidth - box.clientWidth; })()"""
    show(page, html, TABLET)
    assert measured(page, hidden) == 0


def folds_its_filters_on_a_phone_alone(page: Page, html: str) -> None:
    """Rows are on the first screen of a phone; on a desk the fields are there at once."""
    top = 'document.querySelector("main tbody tr").getBoundingClientRect().top'
    show(page, html, PHONE)
    assert measured(page, top) < 700
    field, fold = page.locator("input[name=q]"), page.locator(".filters-fold > summary")
    assert not field.is_visible()
    fold.click()
    assert field.is_visible()
    show(page, html, DESK)
    assert field.is_visible()
    assert not fold.is_visible()


def is_read_beside_a_timeline(page: Page, html: str) -> None:
    """No value is squeezed into a column of two letters, and nothing pushes the page wide."""
    narrowest = 'Math.min(...[...document.querySelectorAll(".fact dd")].map(e => e.clientWidth))'
    for width in (PHONE, TABLET, DESK):
        show(page, html, width)
        assert measured(page, narrowest) >= 180
        assert measured(page, WIDE) == 0

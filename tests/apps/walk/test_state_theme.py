"""The main pages in the State's design system: its structure, for everybody, and no heavier."""

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Page

from apps.orders.counter import Person, Sign, withdrawn
from apps.web.state_dress import folder, worn  # noqa: F401 the fixture
from guichet.web.context import THEME_COOKIE
from guichet.web.themes import files
from guichet.web.themes.classes import CLASSES
from kit import stage

PAGE_AT_MOST = 250_000  # octets of style and scripts, gzipped (P8)
NARROW = 320
LIGHT, DARK = ("light", 1280), ("dark", NARROW)
# What depends on colours and widths: the rest of axe-core is asked in light.
ASKED = {"light": {}, "dark": {"runOnly": ["color-contrast", "target-size"]}}
TRANSLATED = sorted(ours for ours, theirs in CLASSES.items() if ours not in theirs.split())
# What a page lacks, and our names that the theme should have translated.
MISSING = """([wanted, ours]) => [
  ...wanted.filter(one => !document.querySelector(one)),
  ...ours.filter(one => document.querySelector(`[class~="${one}"]`)),
]"""
FRAME = (
    "header.fr-header .fr-header__brand .fr-logo",
    "header .fr-header__service-title",
    "header .fr-header__tools .fr-btns-group",
    "nav.fr-nav a.fr-nav__link",
    "main .fr-container",
    "footer.fr-footer .fr-footer__content-link[href='https://www.legifrance.gouv.fr']",
    "footer .fr-footer__bottom-link[href$='/accessibilite/']",
)
# What each page is made of, in the words of the design system.
MADE_OF = {
    "home": (
        "a.fr-btn.fr-btn--secondary",
        "ul > li > .fr-tile.fr-enlarge-link h3.fr-tile__title > a[href]",
        ".fr-tile__header > .fr-tile__pictogram",
    ),
    "login": (".fr-input-group > label.fr-label", "input.fr-input", "p.fr-hint-text"),
    "help": (".fr-breadcrumb__list a[aria-current]", "button.fr-btn"),
    "components": (
        ".fr-alert.fr-alert--error[role=alert] .fr-alert__title",
        ".fr-callout .fr-callout__title",
        ".fr-messages-group > .fr-message--error",
        ".fr-input-group--error",
        ".fr-checkbox-group > input[type=checkbox] + label",
        ".fr-pagination__list a.fr-pagination__link[aria-current=page]",
        ".fr-stepper__steps[data-fr-current-step='3']",
        "textarea.fr-input",
        "input[type=file].fr-upload",
        "nav.fr-nav > ul.fr-nav__list > li > a.fr-nav__link[aria-current=page]",
        "fieldset.fr-fieldset > legend.fr-fieldset__legend",
        ".fr-fieldset__element > .fr-radio-rich > input[type=radio] + label.fr-label",
        ".fr-fieldset > .choices > .fr-radio-rich > input:checked + label.fr-label",
        "details.fr-accordion > summary.fr-accordion__btn",
        ".fr-tile:not(.fr-enlarge-link) > .fr-tile__body > .fr-tile__content > .fr-tile__title",
    ),
    "habilitation": (".fr-breadcrumb", "a.fr-btn, button.fr-btn"),
    "siret": ("input.fr-input", ".fr-breadcrumb"),
    "order": (".fr-stepper__title", ".fr-alert--warning", "button.fr-btn"),
    "inventory": (
        "nav.fr-nav.tabs a.fr-nav__link",
        ".fr-table .fr-table__content > table",
        "select.fr-select",
        ".fr-badge--success",
    ),
    "product": (".fr-breadcrumb", ".fr-badge.fr-badge--success", "a.fr-btn"),
    "office": (".fr-table table", "main a"),
}
PRINTED = {"product"}
# How a fold of ours is drawn, beside one of the design system's: `aria-expanded` is for its script.
BESIDE = """([open, answers]) => {
  const theirs = document.createElement("section");
  theirs.className = "fr-accordion";
  theirs.innerHTML = `<h3 class="fr-accordion__title"><button type="button"
    class="fr-accordion__btn" aria-expanded="${open}">x</button></h3>`;
  const ours = document.querySelector("details.fr-accordion");
  ours.open = open;
  ours.parentElement.prepend(theirs);
  const told = (one, part) => {
    const style = getComputedStyle(one, part);
    return answers.map(name => [name, style.getPropertyValue(name)].join(" "));
  };
  const [a, b] = [theirs, ours].map(one => {
    const title = one.querySelector(".fr-accordion__btn");
    return [...told(title), ...told(title, "::after"), title.offsetHeight];
  });
  theirs.remove();
  return a.filter((one, place) => one !== b[place]).concat(a.length > 20 ? [] : ["not read"]);
}"""
DRAWN_BY = (
    *("display", "min-height", "padding-top", "padding-left", "font-size", "font-weight"),
    *("color", "background-color", "transform", "mask-image", "line-height"),
)
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("worn")]


@pytest.fixture
def pages(
    sophie: Person, jean: Person, staff: Callable[[str], Person], sign: Sign
) -> dict[str, tuple[Client, str]]:
    """Who sees each page, and where it is."""
    product = withdrawn(sophie, sign)
    order = sophie.draft()
    nobody, operator = Client(), staff("operator").browser
    return {
        "home": (nobody, "/"),
        "login": (nobody, "/connexion/"),
        "help": (nobody, "/aide/"),
        "components": (nobody, "/style/"),
        "habilitation": (jean.browser, "/habilitations/"),
        "siret": (jean.browser, "/habilitations/siret/"),
        "order": (sophie.browser, f"{order}1/"),
        "inventory": (sophie.browser, "/produits/suivre/parc/"),
        "product": (sophie.browser, f"/produits/suivre/parc/{product}/"),
        "office": (operator, "/gestion/"),
    }


def fetched(text: str) -> Iterator[Path]:
    """The style sheets and scripts of a page."""
    for address in re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', text):
        found = finders.find(address)
        assert isinstance(found, str), address
        yield Path(found)


def test_the_main_pages_are_the_state_s(pages: dict[str, tuple[Client, str]]) -> None:
    """Its structure, none of our names, nothing inline; axe-core finds nothing, light or dark."""
    found = []
    answers = [
        (theme, width, name, read(theme, *page))
        for theme, width in (LIGHT, DARK)
        for name, page in pages.items()
    ]
    with stage.opened((files.SHEET, "build/dsfr.css"), (stage.STATIC, folder())) as shown:
        for theme, width, name, answer in answers:
            text = answer.content.decode()
            shown.dress(theme, width)
            shown.show(text)
            wanted = [f"html[data-fr-theme={theme}]", *FRAME, *MADE_OF[name]]
            told = [*shown.page.evaluate(MISSING, [wanted, TRANSLATED]), *sent(text)]
            told += shown.violations(**ASKED[theme])
            told += ["wider than the screen"] * (shown.overflow() > 0)
            told += shown.on_paper() if name in PRINTED else []
            told += ["unsafe policy"] * ("unsafe" in answer["Content-Security-Policy"])
            found += [(name, theme, one) for one in told]
    assert found == []


@pytest.mark.usefixtures("db")
def test_what_is_drawn_over_the_browser_s_own_works_without_a_script() -> None:
    """Folds and choices, by the keyboard."""
    text = read("light", Client(), "/style/").content.decode()
    with stage.opened((files.SHEET, "build/dsfr.css"), (stage.STATIC, folder())) as shown:
        shown.page.emulate_media(reduced_motion="reduce")
        shown.show(text)
        is_drawn_as_theirs_and_opens(shown.page)
        is_chosen_and_shows_the_focus(shown.page)


def is_drawn_as_theirs_and_opens(page: Page) -> None:
    """A fold, closed or open, as their accordion is; it is the browser's own."""
    drawn = [page.evaluate(BESIDE, [is_open, DRAWN_BY]) for is_open in (True, False)]
    assert drawn == [[], []]
    fold = page.locator("details.fr-accordion").first
    fold.locator("summary").press("Enter")
    assert fold.locator(".fold-body").is_visible()


def is_chosen_and_shows_the_focus(page: Page) -> None:
    """DSFR hides the control and draws it in the label, which shows what has the focus."""
    first, second = (page.get_by_role("radio", name=name) for name in ("Oui", "Non"))
    first.press("ArrowDown")
    assert second.is_checked()
    label = page.locator(".choices label", has_text="Non")
    styles = "one => [null, '::before'].map(part => getComputedStyle(one, part).outlineStyle)"
    assert "solid" in label.evaluate(styles)
    assert not first.is_checked()


def read(theme: str, browser: Client, path: str) -> HttpResponse:
    """A page as somebody sees it who chose this theme."""
    browser.cookies[THEME_COOKIE] = theme
    answer: HttpResponse = browser.get(path, secure=True)
    return answer


def sent(text: str) -> list[str]:
    """What is wrong with what a page makes a browser run and fetch."""
    inline = re.findall(r"<[^>]+\s(?:style|on\w+)=|<script>", text)
    weights = [len(gzip.compress(file.read_bytes())) for file in fetched(text)]
    assert len(weights) >= 4
    return inline + ["too heavy"] * (sum(weights) > PAGE_AT_MOST)

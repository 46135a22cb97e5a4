"""One page of Chromium on which pages already made are shown in turn, with the real style sheet.

Nothing is navigated to: the body is swapped, so that a page costs its layout and no more.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, ViewportSize, sync_playwright

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src" / "guichet" / "web" / "static"
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = "/usr/bin/chromium"
ORIGIN = "https://guichet.test"
SWAP = """([text, framed]) => {
  const read = new DOMParser().parseFromString(text, "text/html");
  const root = document.documentElement;
  for (const one of [...root.attributes]) root.removeAttribute(one.name);
  for (const one of read.documentElement.attributes) root.setAttribute(one.name, one.value);
  document.title = read.title;
  if (!framed) for (const one of read.querySelectorAll("body > :is(header, footer)")) one.remove();
  document.body.replaceWith(document.adoptNode(read.body));
  scrollTo(0, 0);
}"""
# On paper nothing is for a screen, ink is dark on white, and other sites' addresses are written.
ON_PAPER = """() => {
  const found = [], shown = one => one.checkVisibility();
  for (const one of document.querySelectorAll(
    "nav, footer, .actions, .skip, .top-menu, .top-toggle, main :is(.btn, .fr-btn)"))
    if (shown(one)) found.push("shown: " + one.className);
  const light = colour => colour.match(/[0-9.]+/g).slice(0, 3).every(part => part > 200);
  if (!light(getComputedStyle(document.body).backgroundColor)) found.push("dark paper");
  for (const one of document.querySelectorAll("main :is(h1, h2, p, dd, td, li, a)"))
    if (shown(one) && light(getComputedStyle(one).color)) found.push("pale: " + one.textContent);
  for (const one of document.querySelectorAll('main a[href^="http"]:not([rel~="nofollow"])'))
    if (shown(one) && getComputedStyle(one, "::after").content === "none")
      found.push("address not written: " + one.href);
  return found;
}"""
# Contrast is half of what axe-core costs, and depends on what an element and those around it are:
# the same path, whatever it says, is judged once at a width and in a theme. Of position only rows
# and cells of tables depend, that have stripes.
UNLIKE_BEFORE = """axe.configure({
  rules: [{ id: "color-contrast", selector: ":not([data-judged])" }] })"""
JUDGED = """part => {
  const judged = (globalThis.judged ??= new Set()), root = document.querySelector(part);
  const named = /^(id|for|name|value|href|src|action|title|alt|datetime|content|headers)$/;
  const naming = /^aria-.*(label|by|controls)/, striped = new Set(["TR", "TH", "TD"]);
  const says = one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  // A box is coloured by what is ticked in it, the page by what stands on its root.
  const holds = one => (one.querySelector(":checked") ? "ticked" : "");
  const visit = (one, above, place) => {
    const kept = [...one.attributes].filter(({ name }) => !named.test(name) && !naming.test(name));
    const stripe = striped.has(one.tagName) ? (place < 4 ? place : 4 + place % 2) : "";
    const told = kept.map(({ name, value }) => name + "=" + value);
    const self = `${one.tagName}${stripe}${holds(one)} ${told}`;
    const path = `${above}>${self}`;
    const seen = path + says(one);
    if (judged.has(seen)) one.setAttribute("data-judged", "");
    else if (root.contains(one) && one.checkVisibility()) judged.add(seen);
    [...one.children].forEach((child, index) => visit(child, path, index));
  };
  const worn = document.documentElement.getAttribute("data-bs-theme");
  visit(document.body, [innerWidth, matchMedia("(prefers-color-scheme: dark)").matches, worn], 0);
}"""
# What is asked again of a page in its other dress: what depends on colours and on widths.
CONTRAST_AND_TARGETS = {
    "runOnly": [
        *("color-contrast", "target-size"),
        *("link-in-text-block", "scrollable-region-focusable"),
    ]
}
AXE_RUN = """([context, options]) => axe.run(context ?? document, options).then(
  found => found.violations.map(one => [one.id, one.impact, one.nodes.map(node => node.html)]))"""
# Wider than the screen: the page itself, never what scrolls on purpose.
OVERFLOW = """own => {
  const style = document.createElement("style");
  style.textContent = own;
  if (own) document.head.append(style);
  const root = document.documentElement;
  const wider = root.scrollWidth - root.clientWidth;
  style.remove();
  return wider;
}"""


@dataclass(frozen=True)
class Violation:
    """What axe-core found: its rule, how grave, and the first elements."""

    rule: str
    impact: str
    elements: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """The page of Chromium."""

    page: Page

    def show(self, text: str, *, framed: bool = True) -> None:
        """Put a whole document of ours on the stage, or all but its header and its footer."""
        self.page.evaluate(SWAP, [text, framed])

    def spare(self, part: str) -> None:
        """Leave out of contrasts what was spared here before at this width and in this theme.

        To be followed by `violations` of the same part, a CSS selector.
        """
        self.page.evaluate(JUDGED, part)

    def dress(self, theme: str, width: int, height: int = 900) -> None:
        """Take a theme of the system ("light", "dark") and a width, in CSS pixels."""
        self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        self.page.set_viewport_size(ViewportSize(width=width, height=height))

    def violations(self, context: Any = None, **options: Any) -> list[Violation]:
        """What axe-core has against it."""
        return violations_of(self.page, context, **options)

    def on_paper(self) -> list[str]:
        """What a printed page would show or hide wrongly."""
        self.page.emulate_media(media="print")
        found = [str(one) for one in self.page.evaluate(ON_PAPER)]
        self.page.emulate_media(media="screen")
        return found

    def overflow(self, style: str = "") -> int:
        """By how many pixels the page is wider than the screen, under a person's own style."""
        return int(self.page.evaluate(OVERFLOW, style))


def violations_of(page: Page, context: Any = None, **options: Any) -> list[Violation]:
    """What axe-core has against a page of any site, or a part of it; read there but once."""
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(AXE.read_text())
    asked = {"resultTypes": ["violations"], **options}
    return [
        Violation(rule, impact, tuple(elements[:3]))
        for rule, impact, elements in page.evaluate(AXE_RUN, [context, asked])
    ]


def shell(*sheets: str) -> str:
    """The empty document that pages are put in, with its style sheets."""
    links = "".join(f'<link rel="stylesheet" href="/static/{sheet}">' for sheet in sheets)
    return f"<!DOCTYPE html><html><head><title>.</title>{links}</head><body></body></html>"


@contextmanager
def opened(
    sheets: Sequence[str] = ("build/guichet.css",), folders: Sequence[Path] = (STATIC,)
) -> Iterator[Stage]:
    """A stage with these style sheets, out of these folders, and axe-core, for the block."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_context(locale="fr-FR").new_page()
        page.route("**/*", partial(_answer, shell(*sheets), folders))
        page.goto(f"{ORIGIN}/")
        page.evaluate(AXE.read_text())
        page.evaluate(UNLIKE_BEFORE)
        yield Stage(page)
        chromium.close()


def _answer(document: str, folders: Sequence[Path], route: Route) -> None:
    path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
    assets = [folder / path.removeprefix("/static/") for folder in folders]
    found = [asset for asset in assets if path.startswith("/static/") and asset.is_file()]
    if found:
        route.fulfill(path=found[0])
    else:
        route.fulfill(body=document, content_type="text/html")

"""One page of Chromium on which pages already made are shown in turn, with the real style sheet.

Nothing is navigated to: the body is swapped, so that a page costs its layout and no more.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, Route, ViewportSize, sync_playwright

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src" / "guichet" / "web" / "static"
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = "/usr/bin/chromium"
ORIGIN = "https://guichet.test"
# What is done to the page, within it: a call from here to there costs as much as many of these.
TOOLS = """globalThis.stage = {
  swap(text, framed) {
    const read = new DOMParser().parseFromString(text, "text/html");
    const root = document.documentElement;
    for (const one of [...root.attributes]) root.removeAttribute(one.name);
    for (const one of read.documentElement.attributes) root.setAttribute(one.name, one.value);
    document.title = read.title;
    if (!framed)
      for (const one of read.querySelectorAll("body > :is(header, footer)")) one.remove();
    document.body.replaceWith(document.adoptNode(read.body));
    scrollTo(0, 0);
  },
  // Wider than the screen: the page itself, never what scrolls on purpose.
  wider(own) {
    const style = document.createElement("style"), root = document.documentElement;
    style.textContent = own;
    if (own) document.head.append(style);
    const found = root.scrollWidth - root.clientWidth;
    style.remove();
    return found;
  },
  async against(context, options) {
    const found = await axe.run(context ?? document, options);
    return found.violations.map(({ id, impact, nodes }) => [id, impact, nodes.map(n => n.html)]);
  },
  judged: new Set(),
  // The places left to ask the contrast of: of a control, or of what has words of its own.
  spare(part) {
    const root = document.querySelector(part), judged = this.judged;
    const named = /^(id|for|name|value|href|src|action|title|alt|datetime|content|headers)$/;
    const naming = /^aria-.*(label|by|controls)/, striped = new Set(["TR", "TH", "TD"]);
    const controls = new Set(["INPUT", "SELECT", "TEXTAREA"]);
    const says = one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    // A box is coloured by what is ticked in it, the page by what stands on its root.
    const holds = one => (one.querySelector(":checked") ? "ticked" : "");
    let left = false;
    const visit = (one, above, place) => {
      const kept = [...one.attributes].filter(
        ({ name }) => !named.test(name) && !naming.test(name));
      const stripe = striped.has(one.tagName) ? (place < 4 ? place : 4 + place % 2) : "";
      const told = kept.map(({ name, value }) => name + "=" + value);
      const path = `${above}>${one.tagName}${stripe}${holds(one)} ${told}`;
      if (judged.has(path) || !(says(one) || controls.has(one.tagName)))
        one.setAttribute("data-judged", "");
      else if (root.contains(one) && one.checkVisibility()) { judged.add(path); left = true; }
      [...one.children].forEach((child, index) => visit(child, path, index));
    };
    const worn = document.documentElement.getAttribute("data-bs-theme");
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    visit(document.body, [innerWidth, dark, worn], 0);
    return left;
  },
  async judge(text, framed, part, options, styles) {
    this.swap(text, framed);
    const found = [];
    if (options) {
      // Where no contrast is left to ask, its rule would still look at every element.
      const { runOnly, ...rest } = options, contrast = this.spare(part ?? "body");
      const only = runOnly?.filter(one => contrast || one !== "color-contrast");
      const rules = { "color-contrast": { enabled: contrast } };
      const chosen = only ? { runOnly: only } : { rules };
      if (only?.length !== 0)
        found.push(...await this.against(part, { ...rest, ...chosen }));
    }
    return [found, ["", ...styles].map(own => this.wider(own))];
  },
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
# What is asked again of a page in its other dress: what depends on colours and on widths.
CONTRAST_AND_TARGETS = {
    "runOnly": [
        *("color-contrast", "target-size"),
        *("link-in-text-block", "scrollable-region-focusable"),
    ]
}
# What is asked of any page. Of the words of style sheets one rule alone asks, which is experimental
# and does not run: they are not read and parsed again for each page.
ASKED: Final = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
# Of any page: nothing where axe-core was not read yet.
AXE_RUN = """([context, options]) => globalThis.axe?.run(context ?? document, options).then(
  found => found.violations.map(one => [one.id, one.impact, one.nodes.map(node => node.html)]))"""
# What axe-core found: rules, how grave, elements.
Found = list[tuple[str, str, list[str]]]


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
        self.page.evaluate("([text, framed]) => stage.swap(text, framed)", [text, framed])

    def judge(
        self,
        text: str,
        *,
        part: str | None = None,
        framed: bool = True,
        asked: Mapping[str, Any] | None = None,
        styles: Sequence[str] = (),
    ) -> tuple[list[Violation], list[int]]:
        """Show a document; what axe-core has against it, and by how many pixels it is too wide.

        `part` is a CSS selector. Its contrasts are asked for where they were not before, at this
        width and in this theme. Without options that are `asked`, nothing is asked of axe-core.
        Widths are told for the page itself, then under each of a person's own styles.
        """
        options = None if asked is None else {**ASKED, **asked}
        found, wider = self.page.evaluate(
            "told => stage.judge(...told)", [text, framed, part, options, list(styles)]
        )
        return _told(found), [int(pixels) for pixels in wider]

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
        return int(self.page.evaluate("own => stage.wider(own)", style))


def violations_of(page: Page, context: Any = None, **options: Any) -> list[Violation]:
    """What axe-core has against a page of any site, or a part of it; read there but once."""
    asked = [context, {**ASKED, **options}]
    found = page.evaluate(AXE_RUN, asked)
    if found is None:
        page.evaluate(AXE.read_text())
        found = page.evaluate(AXE_RUN, asked)
    return _told(found)


def _told(found: Found) -> list[Violation]:
    return [Violation(rule, impact, tuple(elements[:3])) for rule, impact, elements in found]


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
        page.evaluate(TOOLS)
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

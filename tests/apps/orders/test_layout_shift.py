"""Nothing moves under the reader's eyes while a page comes (Layout Instability API)."""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, Route, sync_playwright

from apps.orders.counter import Person, Sign, withdrawn
from kit.stage import CHROMIUM, ORIGIN, STATIC

pytestmark = pytest.mark.browser
AT_MOST = 0.02
PAGES = (
    *("/", "/aide/", "/etat/", "/habilitations/", "/produits/demander/", "/produits/retirer/"),
    *("/produits/suivre/", "/produits/suivre/parc/", "/produits/suivre/echeances/"),
    *("/produits/cles/", "/connexion/compte/", "/automates/"),
)
# Before any script of ours: what moves without anybody having pressed anything.
OBSERVER = """
window.moved = 0;
new PerformanceObserver(seen => {
  for (const one of seen.getEntries()) if (!one.hadRecentInput) window.moved += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
WHOLE = "() => document.fonts.ready"
SHIFTING = """<!DOCTYPE html><html><body><p>Avant</p><script type="module">
  requestAnimationFrame(() => requestAnimationFrame(() => {
    document.body.style.paddingTop = "300px"; }));</script></body></html>"""


@dataclass
class Slow:
    """A site of one document, `text`, whose fonts are `held` until it was drawn without them."""

    text: str = ""
    held: list[Route] = field(default_factory=list)

    def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        asset = STATIC / path.removeprefix("/static/")
        if path.endswith(".woff2"):
            self.held.append(route)
        elif path.startswith("/static/") and asset.is_file():
            route.fulfill(path=asset)
        elif path == "/":
            route.fulfill(body=self.text, content_type="text/html; charset=utf-8")
        else:
            route.abort()

    def moved(self, page: Page, text: str) -> tuple[float, int]:
        """How much of a document moves, and how many fonts came after it was first drawn."""
        self.text, self.held = text, []
        page.goto(f"{ORIGIN}/", wait_until="domcontentloaded")
        page.evaluate(DRAWN)
        came = len(self.held)
        for route in self.held:
            route.fulfill(path=STATIC / "build" / route.request.url.rsplit("/", 1)[1])
        page.evaluate(WHOLE)
        page.evaluate(DRAWN)
        return float(page.evaluate("window.moved")), came


def test_nothing_moves_while_a_page_comes(sophie: Person, sign: Sign) -> None:
    """Narrow and wide; and what does move is seen."""
    withdrawn(sophie, sign)
    answers = {path: sophie.browser.get(path, secure=True, follow=True) for path in PAGES}
    pages = {path: answer.content.decode() for path, answer in answers.items()}
    slow, found = Slow(), {}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        # One page for all: Chromium keeps nothing of what a route answers for the next document.
        page = chromium.new_page()
        page.route("**/*", slow.answer)
        page.add_init_script(OBSERVER)
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            for path, text in pages.items():
                found[path, width] = slow.moved(page, text)
        seen, _fonts = slow.moved(page, SHIFTING)
        chromium.close()
    assert {where: moved for where, (moved, _fonts) in found.items() if moved > AT_MOST} == {}
    assert {where for where, (_moved, fonts) in found.items() if not fonts} == set()
    assert seen > AT_MOST

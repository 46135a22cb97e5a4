"""Nothing moves under the reader's eyes while a page comes (Layout Instability API)."""

import pytest
from playwright.sync_api import Browser, Route, sync_playwright

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


def moved(browser: Browser, text: str, width: int) -> float:
    """How much of a page moves: first drawn without its fonts, which come afterwards."""
    held: list[Route] = []
    page = browser.new_page(viewport={"width": width, "height": 800})

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        asset = STATIC / path.removeprefix("/static/")
        if path.endswith(".woff2"):
            held.append(route)
        elif path.startswith("/static/") and asset.is_file():
            route.fulfill(path=asset)
        elif path == "/":
            route.fulfill(body=text, content_type="text/html; charset=utf-8")
        else:
            route.abort()

    page.route("**/*", answer)
    page.add_init_script(OBSERVER)
    page.goto(f"{ORIGIN}/", wait_until="domcontentloaded")
    page.evaluate(DRAWN)
    for route in held:
        route.fulfill(path=STATIC / "build" / route.request.url.rsplit("/", 1)[1])
    page.evaluate(WHOLE)
    page.evaluate(DRAWN)
    found = float(page.evaluate("window.moved"))
    page.close()
    return found


def test_nothing_moves_while_a_page_comes(sophie: Person, sign: Sign) -> None:
    """Narrow and wide; and what does move is seen."""
    withdrawn(sophie, sign)
    pages = {path: sophie.get(path).content.decode() for path in PAGES}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        found = {
            (path, width): moved(chromium, text, width)
            for path, text in pages.items()
            for width in (360, 1280)
        }
        seen = moved(chromium, SHIFTING, 1280)
        chromium.close()
    assert {where: value for where, value in found.items() if value > AT_MOST} == {}
    assert seen > AT_MOST

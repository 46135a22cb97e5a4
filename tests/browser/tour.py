"""The whole product in one walk, on a fresh state: `make demo-tour` leaves a picture of each step.

PYTHONPATH=tests python -m browser.tour build/demo-tour docs/screenshots
"""

import re
import sys
import tempfile
from html import escape
from pathlib import Path
from shutil import rmtree

from playwright.sync_api import Browser, Page, expect, sync_playwright

from browser.conftest import CHROMIUM, Camera
from browser.evidence_steps import evidence_holds
from browser.habilitation_steps import PATIENCE_MS, Desk, from_a_siret_to_an_order
from browser.journey_steps import refused_soon, revoke
from browser.tour_words import CAPTIONS, CHAPTERS, KEPT
from kit.counter_pages import PASSWORD, Counter
from kit.stack import Stack, running
from protocols.products import HOSPITAL, call

SIZE = {"width": 1280, "height": 800}
KEPT_SIZE = {"width": 1240, "height": 620}
SERVICE = "Monserviceclient"
STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
figure { margin: 2rem 0 } img { border: 1px solid #ccc; max-width: 100%; height: auto }
figcaption p { margin: .25rem 0 } [lang=en] { color: #555 }
"""


class TourCamera(Camera):
    """Pictures by name, in chapters; those of KEPT also in part, for the pages of docs.

    A picture without a caption raises KeyError.
    """

    def __init__(self, folder: Path, kept: Path) -> None:
        """`folder` holds the tour, `kept` what is committed."""
        super().__init__(folder)
        self._folder = folder
        self._kept = kept
        self.taken: list[tuple[str, str]] = []
        self._chapter = ""

    def open(self, chapter: str) -> None:
        """What follows belongs to this one of CHAPTERS."""
        self._chapter = chapter

    def shoot(self, page: Page, name: str) -> None:
        """The page whole, and the part of it that docs shows."""
        assert CAPTIONS[name]
        page.set_viewport_size(SIZE)  # type: ignore[arg-type]
        page.screenshot(path=self._folder / f"{name}.png", full_page=True)
        if name in KEPT:
            page.set_viewport_size(KEPT_SIZE)  # type: ignore[arg-type]
            page.locator(KEPT[name]).first.evaluate("shown => shown.scrollIntoView()")
            page.screenshot(path=self._kept / f"{name}.png")
        self.taken.append((self._chapter, name))


def walk(browser: Browser, stack: Stack, camera: TourCamera, folder: Path) -> None:
    """Everybody's part, one after the other, however busy the machine is."""
    expect.set_options(timeout=PATIENCE_MS)
    desk = Desk(browser, stack)
    camera.open("habilitation")
    from_a_siret_to_an_order(desk, stack, camera)
    counter = Counter(stack, desk.page("sophie"))
    camera.open("order")
    product = ordered(counter, camera, folder)
    camera.open("life")
    seen(counter, f"/produits/suivre/parc/{product}/journal/", "journal", camera)
    evidence_holds(counter.page, stack, product, folder, camera)
    bench = holder_of(browser, stack, folder / "cle.p12")
    bench.goto(f"{stack.bench_url}/?format=html")
    camera.shoot(bench, "banc-accepte")
    associated(counter, product, camera)
    camera.open("machines")
    automated(counter, camera)
    camera.open("end")
    revoke(counter.page, stack, product, camera)
    refused_soon(bench, stack)
    camera.shoot(bench, "banc-refuse")
    seen(counter, "/courriers/", "courriers", camera)
    camera.open("back-office")
    seen(Counter(stack, desk.page("oscar")), "/gestion/", "gestion", camera)
    seen(Counter(stack, desk.page("clara")), "/gestion/autorites/", "autorites", camera)
    seen(Counter(stack, desk.page("aude")), f"/gestion/recherche/?q={SERVICE}", "recherche", camera)
    seen(counter, "/etat/", "etat", camera)
    desk.close()
    bench.context.close()


def holder_of(browser: Browser, stack: Stack, archive: Path) -> Page:
    """Who presents this PKCS#12 to the bench."""
    offered = {"origin": stack.bench_url, "pfxPath": str(archive), "passphrase": PASSWORD}
    context = browser.new_context(
        client_certificates=[offered],  # type: ignore[list-item]
        ignore_https_errors=True,
        locale="fr-FR",
    )
    return context.new_page()


def seen(counter: Counter, path: str, name: str, camera: TourCamera) -> None:
    """One page."""
    counter.go(path)
    camera.shoot(counter.page, name)


def ordered(counter: Counter, camera: TourCamera, folder: Path) -> str:
    """A product whose key and chain are in cle.p12: its number."""
    seen(counter, "/", "accueil", camera)
    counter.to_step_4(SERVICE)
    camera.shoot(counter.page, "etape-4")
    counter.make_key("p-256")
    camera.shoot(counter.page, "cle-prete")
    number = counter.finish()
    seen(counter, f"/produits/suivre/demandes/{number}/", "demande", camera)
    counter.withdraw(number)
    camera.shoot(counter.page, "produit")
    product = str(re.findall(r"/parc/(\d+)/", counter.page.url)[0])
    (folder / "cle.p12").write_bytes(counter.join())
    camera.shoot(counter.page, "pkcs12")
    seen(counter, "/produits/suivre/parc/", "parc", camera)
    return product


def associated(counter: Counter, product: str, camera: TourCamera) -> None:
    """A service of the hospital presents the product."""
    asked = {
        "structure": HOSPITAL,
        "client_id": "hopital-dpi",
        "name": "Dossier patient",
        "redirect_uris": ["https://dpi.hopital-3-dames.test/retour"],
        "contact_email": "equipe-web@hopital-3-dames.test",
    }
    key = call(counter.stack, "/associations", asked)["id"]
    call(counter.stack, f"/associations/{key}/certificates", {"product": int(product)})
    seen(counter, f"/associations/{key}/", "associations", camera)


def automated(counter: Counter, camera: TourCamera) -> None:
    """A machine account with one credential."""
    asked = {
        "name": "Serveur du dossier patient",
        "structure": HOSPITAL,
        "verbs": ["read", "order", "withdraw", "renew"],
        "profiles": ["ORG/AUTH_CLI"],
        "contact_email": "equipe-web@hopital-3-dames.test",
    }
    key = call(counter.stack, "/machines", asked)["id"]
    call(counter.stack, f"/machines/{key}/credentials", {"kind": "eab", "label": "web"})
    seen(counter, f"/automates/{key}/", "automate", camera)
    seen(counter, "/automates/sante/", "sante-du-parc", camera)


def index(taken: list[tuple[str, str]]) -> str:
    """The page that shows them all, French then English under each."""
    parts = []
    last = ""
    for chapter, name in taken:
        if chapter != last:
            french, english = map(escape, CHAPTERS[chapter])
            parts.append(f'<h2>{french} <span lang="en">· {english}</span></h2>')
            last = chapter
        french, english = map(escape, CAPTIONS[name])
        parts.append(
            f'<figure><img src="{name}.png" alt="{french}" loading="lazy">'
            f'<figcaption><p>{french}</p><p lang="en">{english}</p></figcaption></figure>'
        )
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    body = "\n".join(parts)
    return (
        f'<!doctype html><html lang="fr"><head>{head}<title>Guichet</title>'
        f"<style>{STYLE}</style></head><body><h1>Guichet</h1>\n{body}\n</body></html>\n"
    )


def main(tour: Path, kept: Path) -> None:
    """Walk, then write the index of what was seen; the state ends with the walk."""
    rmtree(tour, ignore_errors=True)
    kept.mkdir(parents=True, exist_ok=True)
    camera = TourCamera(tour, kept)
    with tempfile.TemporaryDirectory(prefix="guichet-tour-") as name, sync_playwright() as driver:
        folder = Path(name)
        (folder / "state").mkdir()
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with running(folder / "state") as stack:
            walk(chromium, stack, camera, folder)
        chromium.close()
    (tour / "index.html").write_text(index(camera.taken))
    sys.stdout.write(f"{len(camera.taken)} pictures: {tour / 'index.html'}\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

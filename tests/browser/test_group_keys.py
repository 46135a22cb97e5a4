"""Three certificates in one go, their keys born in Chromium: from lines typed to one ZIP of P12."""

import io
import re
import zipfile

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import context_with
from browser.test_browser_keys import opened
from kit.counter_pages import ISSUED_WITHIN_MS, PASSWORD, REVOCATION_CODE, Counter
from kit.stack import Stack
from kit.stage import violations_of

pytestmark = pytest.mark.browser
SERVICES = ("groupe-un", "groupe-deux", "groupe-trois")


def accessible(page: Page) -> None:
    """No violation, and nothing wider than a phone."""
    page.set_viewport_size({"width": 360, "height": 900})
    assert violations_of(page) == []
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def typed(page: Page) -> None:
    """The group and its lines; one line is corrected in place."""
    page.get_by_label("Offre et usage").select_option("ORG/AUTH_CLI")
    page.locator("select[name=structure_id]").select_option(index=1)
    page.get_by_label(re.compile("Email de l’acteur")).fill("liste@hopital-3-dames.test")
    page.get_by_role("button", name="Aux lignes").click()
    page.get_by_label("Service applicatif, ligne 1").fill(SERVICES[0])
    page.get_by_label("Service applicatif, ligne 2").fill(SERVICES[0])
    page.get_by_label("Service applicatif, ligne 3").fill(SERVICES[2])
    page.get_by_role("button", name="Vérifier et continuer").click()
    expect(page.get_by_text("le même certificat que la ligne 1").first).to_be_visible()
    accessible(page)
    page.get_by_label("Service applicatif, ligne 2").fill(SERVICES[1])
    page.get_by_role("button", name="Vérifier et continuer").click()


def made(page: Page) -> None:
    """A key for each line; interrupted by leaving after the first, it is taken up again."""
    page.get_by_label("Type de clé").select_option("p-256")
    page.get_by_label("Choix d’un mot de passe").fill(PASSWORD)
    page.get_by_label("Confirmation du mot de passe").fill(PASSWORD)
    accessible(page)
    page.get_by_role("button", name="Générer la CSR").click()
    link = page.get_by_role("link", name="Enregistrer les fichiers de récupération")
    with page.expect_download() as saved:
        link.click()
    files = zipfile.ZipFile(saved.value.path())
    assert len(files.namelist()) == len(SERVICES)
    assert all(b"ENCRYPTED PRIVATE KEY" in files.read(name) for name in files.namelist())
    page.get_by_role("link", name="Continuer").click()


def test_three_keys_and_one_archive(browser: Browser, stack: Stack) -> None:
    """Lines, keys, one sending, one withdrawal, one archive; each P12 opens, and proves its key."""
    cards = stack.state / "demo" / "cards"
    context = context_with(browser, stack.card_url, cards / "sophie.crt", cards / "sophie.key")
    sophie = Counter.of(stack, context)
    page = sophie.page
    sophie.go("/produits/demander/groupe/nouveau/")
    typed(page)
    made(page)
    page.get_by_role("button", name="Envoyer toutes les demandes").click()
    ready = page.get_by_role("link", name="Retirer 3 certificats")
    expect(ready).to_be_visible(timeout=ISSUED_WITHIN_MS)
    accessible(page)
    ready.click()
    take = page.get_by_role("button", name="Retirer les certificats")
    expect(take).to_be_visible()
    for field in page.locator("form input[type=password][name]").all():
        field.fill(REVOCATION_CODE)
    for box in page.locator("form input[type=checkbox]").all():
        box.check()
    accessible(page)
    take.click()
    page.get_by_label("Mot de passe des clés").fill("pas-le-bon")
    page.get_by_role("button", name="Créer les fichiers PKCS#12").click()
    sophie.says("n’ouvre aucune des clés")
    page.get_by_label("Mot de passe des clés").fill(PASSWORD)
    with page.expect_download() as archive:
        page.get_by_role("button", name="Créer les fichiers PKCS#12").click()
    sophie.says("L’archive est prête")
    accessible(page)
    files = zipfile.ZipFile(io.BytesIO(archive.value.path().read_bytes()))
    assert len(files.namelist()) == len(SERVICES)
    for name in files.namelist():
        opened(files.read(name))
    page.locator("tbody a[href*='/parc/']").first.click()
    expect(page.get_by_text("Possession de la clé privée prouvée")).to_be_visible()
    context.close()

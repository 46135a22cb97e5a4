"""What only a browser shows of access: pages that scripts change, and a whole job by keyboard.

Every page as the server sends it is judged in tests/apps/walk.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import context_with
from browser.journey_steps import REVOCATION_CODE, make_csr
from browser.keyboard import Keyboard
from kit.stack import Stack
from kit.stage import violations_of

pytestmark = pytest.mark.browser
LABORATORY = "39912345400023"
# Where scripts add or show something.
SCRIPTED = {
    "sophie": ["/", "/produits/cles/", "/produits/verifier/", "/produits/suivre/parc/"],
    "jean": ["/habilitations/siret/", "/aide/glossaire/"],
    "oscar": ["/gestion/", "/gestion/statistiques/"],
}
Enter = Callable[[str], Page]


@pytest.fixture
def enter(browser: Browser, stack: Stack) -> Iterator[Enter]:
    """Somebody's page, logged in by card, who wants no motion."""
    opened = []

    def log_in(person: str) -> Page:
        cards = stack.state / "demo" / "cards"
        card, key = cards / f"{person}.crt", cards / f"{person}.key"
        context = context_with(browser, stack.card_url, card, key)
        opened.append(context)
        page = context.new_page()
        page.emulate_media(reduced_motion="reduce")
        page.goto(f"{stack.portal_url}/connexion/carte/")
        expect(page.get_by_role("button", name="Se déconnecter")).to_have_count(1)
        return page

    yield log_in
    for context in opened:
        context.close()


@pytest.mark.parametrize("person", SCRIPTED)
def test_what_scripts_add_is_for_everybody_too(person: str, enter: Enter, stack: Stack) -> None:
    page = enter(person)
    found = []
    for path in SCRIPTED[person]:
        page.goto(stack.portal_url + path)
        found += [(path, one) for one in violations_of(page)]
        assert page.evaluate("document.getAnimations().length") == 0
    assert found == []


def test_the_keyboard_tells_what_is_wrong(browser: Browser) -> None:
    """Otherwise the journeys below would prove nothing."""
    page = browser.new_page()
    page.set_content('<a href="#a" style="outline:0;font-size:8px">a</a>')
    hands = Keyboard(page)
    hands.stop()
    assert hands.wrong == ["A a: no outline", "A a: too small"]
    page.close()


def test_the_whole_job_by_keyboard(enter: Enter, stack: Stack, tmp_path: Path) -> None:
    """Order, withdraw and revoke by Tab, Enter and Space; every stop is seen and large enough."""
    page = enter("sophie")
    hands = Keyboard(page)
    page.goto(stack.portal_url + "/")
    hands.stop()
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#contenu")).to_be_focused()
    hands.press(page.locator("main .tile a").first)
    number = _order(page, hands, make_csr(tmp_path)[1].read_text())
    expect(page.get_by_role("link", name=re.compile("Retirer")).last).to_be_visible(timeout=15_000)
    page.goto(f"{stack.portal_url}/produits/retirer/{number}/")
    product = _withdraw(page, hands)
    page.goto(f"{stack.portal_url}/produits/revoquer/{product}/")
    hands.choose(page.locator("input[type=radio]").first)
    hands.press(page.get_by_role("button", name="Suivant"))
    hands.tick(page.locator("main input[type=checkbox]").first)
    hands.press(page.get_by_role("button", name=re.compile("Révoquer")).last)
    page.wait_for_url(re.compile(r"/revoquer/\d+/fait/"))
    assert hands.wrong == []


def test_a_habilitation_begins_by_keyboard(enter: Enter, stack: Stack) -> None:
    """From the start page to the form, whose first fields are reached."""
    page = enter("jean")
    hands = Keyboard(page)
    page.goto(f"{stack.portal_url}/habilitations/siret/")
    hands.type(page.locator("#id_siret"), LABORATORY)
    hands.press(page.get_by_role("button", name="Valider"))
    hands.press(page.get_by_role("button", name=re.compile("Continuer avec")))
    page.wait_for_url(re.compile("/formulaire/"))
    hands.type(page.locator("[name='representative.phone']"), "0102030405")
    assert hands.wrong == []


def _order(page: Page, hands: Keyboard, csr: str) -> str:
    hands.choose(page.get_by_label(re.compile(r"ORG —")))
    hands.choose(page.get_by_label(re.compile("HOPITAL DES 3 DAMES")))
    hands.press(page.get_by_role("button", name="Suivant"))
    hands.press(page.get_by_role("button", name=re.compile("nouveau produit", re.IGNORECASE)))
    hands.choose(page.get_by_label(re.compile(r"AUTH_CLI —")))
    hands.type(page.get_by_label(re.compile("Service applicatif")), "Clavier")
    hands.type(page.get_by_label(re.compile("Email de l’acteur")), "liste@hopital-3-dames.test")
    hands.press(page.get_by_role("button", name="Suivant"))
    hands.choose(page.get_by_label(re.compile("déjà réalisé votre CSR")))
    hands.type(page.locator("textarea[name=csr_text]"), csr)
    hands.press(page.get_by_role("button", name=re.compile("Finaliser")))
    said = page.get_by_text("a bien été prise en compte")
    expect(said).to_be_visible()
    found = re.search(r"numéro\s+([\d\s]+?)\s+a bien", said.inner_text())
    assert found
    return re.sub(r"\s", "", found.group(1))


def _withdraw(page: Page, hands: Keyboard) -> str:
    codes = page.locator("input[type=password]")
    expect(codes).to_have_count(2, timeout=15_000)
    for index in range(2):
        hands.type(codes.nth(index), REVOCATION_CODE)
    for box in page.locator("main input[type=checkbox]").all():
        hands.tick(box)
    hands.press(page.get_by_role("button", name=re.compile("Retirer")).last)
    page.wait_for_url(re.compile(r"/produits/suivre/parc/\d+/"))
    found = re.search(r"/parc/(\d+)/", page.url)
    assert found
    return found.group(1)

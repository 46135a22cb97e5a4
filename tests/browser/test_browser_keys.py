"""A key is born in Chromium, meets its certificate there, and never leaves it but as asked."""

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect, sync_playwright

from browser.conftest import CHROMIUM, context_with
from kit.counter_pages import PASSWORD, REVOCATION_CODE, Counter
from kit.leaks import holds, sent_by_chromium
from kit.stack import Stack
from kit.stage import CONTRAST_AND_TARGETS, violations_of

pytestmark = pytest.mark.browser
NO_STORAGE = """
Object.defineProperty(globalThis, "indexedDB", { value: { open() {
  throw new DOMException("", "SecurityError");
} } });
"""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[BrowserType]:
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="module")
def browser(chromium: BrowserType) -> Iterator[Browser]:
    opened = chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield opened
    opened.close()


def sophie(browser: Browser, stack: Stack) -> BrowserContext:
    cards = stack.state / "demo" / "cards"
    return context_with(browser, stack.card_url, cards / "sophie.crt", cards / "sophie.key")


@contextmanager
def counter(browser: Browser, stack: Stack, script: str = "") -> Iterator[Counter]:
    """Sophie at the counter; nothing may be refused by the security policy, nor fail."""
    context = sophie(browser, stack)
    if script:
        context.add_init_script(script)
    found = Counter.of(stack, context)
    wrong: list[str] = []
    found.page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    found.page.on("pageerror", lambda error: wrong.append(str(error)))
    yield found
    context.close()
    assert wrong == []


def warned(page: Page, title: str) -> None:
    expect(page.locator(".alert-title:visible", has_text=title)).to_be_visible()


def accessible(page: Page) -> None:
    """No violation of axe-core as the page is now, in both themes, on a phone and a desk."""
    for theme, width, asked in (("light", 1280, {}), ("dark", 360, CONTRAST_AND_TARGETS)):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        violations = [(page.url, theme, one) for one in violations_of(page, **asked)]
        assert violations == []
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) <= 0, (page.url, width)
    page.set_viewport_size({"width": 1280, "height": 900})


def opened(archive: bytes) -> pkcs12.PKCS12KeyAndCertificates:
    """The PKCS#12 as another program reads it: key and certificate match, chain to the root."""
    found = pkcs12.load_pkcs12(archive, PASSWORD.encode())
    assert found.key is not None
    assert found.cert is not None
    assert found.key.public_key() == found.cert.certificate.public_key()
    assert len(found.additional_certs) == 2
    return found


def test_a_key_that_the_browser_could_not_keep(browser: Browser, stack: Stack) -> None:
    """Blocked storage is told before; the recovery file, once said saved, does the rest."""
    with counter(browser, stack, NO_STORAGE) as sophie:
        page = sophie.page
        sophie.to_step_4("sansmemoire")
        warned(page, "Ce navigateur ne gardera pas la clé")
        accessible(page)
        password = page.get_by_label("Choix d’un mot de passe")
        password.fill("Hôpital")
        expect(password).to_have_accessible_description(re.compile("Seuil de 80.% minimum.* 0.% "))
        advice = page.locator('[data-part="advice"]')
        expect(advice).to_have_text(re.compile("Ce caractère n’est pas accepté.*ô$"))
        recovery = sophie.make_key("p-256")
        page.get_by_role("button", name="Finaliser").click()
        sophie.says("enregistrez le fichier de récupération et cochez la case")
        accessible(page)
        page.get_by_label("J’ai enregistré le fichier de récupération").check()
        number = sophie.finish()
        sophie.says("Ce navigateur n’a rien gardé")
        sophie.go(f"/produits/retirer/{number}/")
        warned(page, "Ce navigateur ne laisse pas lire les clés qu’il garde")
        sophie.recover(recovery)
        sophie.open_key(PASSWORD, "Vérifier et remettre la clé ici")
        sophie.says("vous choisirez de nouveau le fichier")
        sophie.withdraw(number)
        sophie.recover(recovery)
        found = opened(sophie.join())
        assert isinstance(found.key, ec.EllipticCurvePrivateKey)
        sophie.go("/produits/cles/")
        warned(page, "Ce navigateur ne laisse pas lire ce qu’il garde")


def test_a_browser_with_nothing_gives_the_order_another_key(browser: Browser, stack: Stack) -> None:
    """Told before the withdrawal; a new key is made there, and the certificate is its own."""
    with counter(browser, stack) as first:
        first.to_step_4("ailleurs")
        first.make_key("p-256")
        number = first.finish()
        first.says("est gardée, chiffrée, dans ce navigateur")
        accessible(first.page)
        with counter(browser, stack) as other:
            page = other.page
            other.go("/produits/cles/")
            expect(page.get_by_text("Ce navigateur ne garde aucune clé")).to_be_visible()
            accessible(page)
            other.go(f"/produits/retirer/{number}/")
            warned(page, "La clé de cette demande n’est pas dans ce navigateur")
            accessible(page)
            page.get_by_role("link", name="fournir une nouvelle clé").click()
            other.make_key("p-384")
            page.get_by_role("button", name="Remplacer la clé").click()
            page.wait_for_url(re.compile(rf"/retirer/{number}/$"))
            other.says("Ce navigateur tient la clé")
            accessible(page)
            other.withdraw(number)
            accessible(page)
            other.open_key("faux", "Créer le fichier PKCS#12")
            other.says("Ce mot de passe n’ouvre pas la clé")
            assert isinstance(opened(other.join()).key, ec.EllipticCurvePrivateKey)
            other.go("/produits/cles/")
            expect(page.get_by_role("row", name=re.compile("ailleurs.*Retirée"))).to_be_visible()
            accessible(page)
            page.get_by_role("button", name=re.compile("Supprimer")).click()
            page.get_by_role("button", name="Supprimer la clé").click()
            other.says("La clé est supprimée")
        first.go("/produits/cles/")
        replaced = first.page.get_by_role("row", name=re.compile("La demande a reçu une autre clé"))
        expect(replaced).to_be_visible()


def test_nothing_secret_is_ever_sent(chromium: BrowserType, stack: Stack, tmp_path: Path) -> None:
    """Every byte that Chromium sent, from the order to the PKCS#12 and by the recovery file."""
    log = tmp_path / "net-log.json"
    record = [f"--log-net-log={log}", "--net-log-capture-mode=Everything"]
    browser = chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *record])
    try:
        recovery, archive = _whole_journey(browser, stack)
    finally:
        browser.close()
    key = opened(archive).key
    assert isinstance(key, rsa.RSAPrivateKey)
    sent = sent_by_chromium(log)
    numbers = key.private_numbers()
    private = {name: getattr(numbers, name) for name in ("d", "p", "q", "dmp1", "dmq1", "iqmp")}
    secrets = {
        "password": PASSWORD.encode(),
        "encrypted key": base64.b64decode(b"".join(recovery.splitlines()[1:-1])),
        "archive": archive,
        **{name: number.to_bytes(-(-number.bit_length() // 8)) for name, number in private.items()},
    }
    assert [name for name, secret in secrets.items() if holds(sent, secret)] == []
    # What is meant to leave is in the record: it would not miss the rest.
    public = key.public_key().public_numbers().n.to_bytes(256, "big")
    assert holds(sent, public)
    assert holds(sent, REVOCATION_CODE.encode())
    assert b"/preuve/" in sent
    assert b"Upgrade: websocket" not in sent


def _whole_journey(browser: Browser, stack: Stack) -> tuple[bytes, bytes]:
    with counter(browser, stack) as first:
        first.to_step_4("riennepart")
        recovery = first.make_key("rsa-2048")
        number = first.finish()
        with counter(browser, stack) as other:
            other.go(f"/produits/retirer/{number}/")
            other.recover(recovery)
            other.open_key("faux", "Vérifier et remettre la clé ici")
            other.says("n’ouvre pas la clé")
            other.open_key(PASSWORD, "Vérifier et remettre la clé ici")
            other.says("la clé est remise dans ce navigateur")
        first.withdraw(number)
        first.open_key("faux", "Créer le fichier PKCS#12")
        first.says("n’ouvre pas la clé")
        archive = first.join()
        first.go("/produits/cles/")
        expect(first.page.get_by_role("row", name=re.compile("Retirée"))).to_be_visible()
    return recovery, archive

"""The pages of an order whose key is born in the browser, as a person walks through them."""

import re
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page, expect

from kit.stack import Stack

PASSWORD = "kR8-wpq2-Xn5z"
REVOCATION_CODE = "agrafe-correcte-2026"
ISSUED_WITHIN_MS = 30_000


@dataclass(frozen=True)
class Counter:
    """One person's browser at the counter."""

    stack: Stack
    page: Page

    @classmethod
    def of(cls, stack: Stack, context: BrowserContext) -> "Counter":
        """A page of this context, logged in by card."""
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(f"{stack.portal_url}/connexion/carte/")
        return cls(stack, page)

    def go(self, path: str) -> None:
        self.page.goto(self.stack.portal_url + path)

    def says(self, words: str) -> None:
        expect(self.page.locator('[data-part="status"]').first).to_contain_text(words)

    def to_step_4(self, service: str) -> None:
        page = self.page
        self.go("/produits/demander/")
        if "/1/" not in page.url:
            page.get_by_role("button", name="Commencer une nouvelle demande").click()
        page.get_by_label(re.compile(r"ORG —")).check()
        page.get_by_label(re.compile("HOPITAL DES 3 DAMES")).check()
        page.get_by_role("button", name="Suivant").click()
        page.get_by_role("button", name=re.compile("nouveau produit", re.IGNORECASE)).click()
        page.get_by_label(re.compile(r"AUTH_CLI —")).check()
        page.get_by_label(re.compile("Service applicatif")).fill(service)
        page.get_by_label(re.compile("Email de l’acteur")).fill("liste@hopital-3-dames.test")
        page.get_by_role("button", name="Suivant").click()
        page.wait_for_url(re.compile(r"/4/$"))

    def make_key(self, kind: str) -> bytes:
        """Generate, and save the recovery file: its bytes."""
        page = self.page
        page.get_by_label("Type de clé").select_option(kind)
        page.get_by_label("Choix d’un mot de passe").fill(PASSWORD)
        page.get_by_label("Confirmation du mot de passe").fill(PASSWORD)
        page.get_by_role("button", name="Générer la CSR").click()
        with page.expect_download() as saved:
            page.get_by_role("link", name="Enregistrer le fichier de récupération").click()
        return saved.value.path().read_bytes()

    def finish(self) -> str:
        """Finaliser: the number of the order, once its certificate is there."""
        page = self.page
        page.get_by_role("button", name="Finaliser").click()
        said = page.get_by_text("a bien été prise en compte").inner_text()
        found = re.search(r"numéro\s+([\d\s]+?)\s+a bien", said)
        assert found, said
        expect(page.get_by_role("link", name="Retirer").last).to_be_visible()
        number = re.sub(r"\s", "", found.group(1))
        ready = page.locator(f'main a[href="/produits/retirer/{number}/"]')
        expect(ready).to_be_visible(timeout=ISSUED_WITHIN_MS)
        return number

    def withdraw(self, number: str) -> None:
        """Retirer: the page of the product."""
        page = self.page
        page.goto(f"{self.stack.portal_url}/produits/retirer/{number}/")
        for field in page.locator("form input[type=password][name]").all():
            field.fill(REVOCATION_CODE)
        for box in page.locator("form input[type=checkbox]").all():
            box.check()
        page.get_by_role("button", name="Retirer le certificat").click()
        page.wait_for_url(re.compile(r"/produits/suivre/parc/\d+/"))

    def recover(self, file: bytes) -> None:
        """Choose the recovery file."""
        chosen = {"name": "x.pem", "mimeType": "application/x-pem-file", "buffer": file}
        self.page.get_by_label("Fichier de récupération").set_input_files(chosen)  # type: ignore[arg-type]
        self.says("contient une clé chiffrée")

    def open_key(self, password: str, button: str) -> None:
        """Type the key's password, and press."""
        self.page.get_by_label("Mot de passe de la clé").fill(password)
        self.page.get_by_role("button", name=button).click()

    def join(self, password: str = PASSWORD) -> bytes:
        """Créer le fichier PKCS#12: its bytes."""
        with self.page.expect_download() as made:
            self.open_key(password, "Créer le fichier PKCS#12")
        self.says("la preuve que vous tenez la clé est enregistrée")
        return made.value.path().read_bytes()

"""F413 in the browser, person by person: the steps that a test and the tour share."""

import re

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import Browser, Page, expect

from browser.conftest import Camera, context_with
from kit.stack import Stack

SIRET = "187 512 751 00020"
AGENCY = "318751275100020"
PATIENCE_MS = 60_000


class Desk:
    """One page for each person, each behind their own card."""

    def __init__(self, browser: Browser, stack: Stack) -> None:
        self._browser = browser
        self._stack = stack
        self._pages: dict[str, Page] = {}
        self.violations: list[str] = []

    def page(self, person: str) -> Page:
        """The person's page, logged in by card."""
        if person not in self._pages:
            cards = self._stack.state / "demo" / "cards"
            context = context_with(
                self._browser,
                self._stack.card_url,
                cards / f"{person}.crt",
                cards / f"{person}.key",
            )
            page = self._pages[person] = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.on("console", self._note)
            page.on("pageerror", lambda error: self.violations.append(str(error)))
            page.goto(f"{self._stack.portal_url}/connexion/carte/")
        return self._pages[person]

    def _note(self, message: object) -> None:
        if getattr(message, "type", "") == "error":
            self.violations.append(str(getattr(message, "text", "")))

    def close(self) -> None:
        for page in self._pages.values():
            page.context.close()


def from_a_siret_to_an_order(desk: Desk, stack: Stack, camera: Camera) -> None:
    """The representative deposits, the instructor corrects then accepts, Jeanne orders."""
    number = deposit(desk.page("jean"), stack, camera)
    dossier = f"{stack.portal_url}/gestion/dossiers/{number}/"
    ask_correction(desk.page("ines"), dossier, camera)
    correct(desk.page("jean"), stack, number, camera)
    accept(desk.page("ines"), dossier, camera)
    told_and_held(desk.page("jean"), stack, number, camera)
    order(desk.page("jeanne"), stack, camera)


def deposit(page: Page, stack: Stack, camera: Camera) -> str:
    page.goto(stack.portal_url + "/habilitations/")
    camera.shoot(page, "page-de-garde")
    page.goto(stack.portal_url + "/habilitations/siret/")
    page.get_by_label(re.compile("SIRET")).fill(SIRET)
    camera.shoot(page, "siret")
    page.get_by_role("button", name="Valider").click()
    expect(page.get_by_text("Groupement d’intérêt public (GIP)")).to_be_visible()
    camera.shoot(page, "etablissement")
    page.get_by_role("button", name=re.compile("Continuer avec ces informations")).click()
    fill(page)
    expect(page.get_by_text(re.compile("enregistré à"))).to_be_visible()
    camera.shoot(page, "formulaire")
    page.reload()
    expect(page.locator('[name="use.solution"]')).to_have_value("Esante WebModule")
    page.get_by_role("button", name="Déposer le dossier").click()
    expect(page.get_by_role("heading", name="Merci")).to_be_visible()
    camera.shoot(page, "merci")
    found = re.search(r"/dossiers/(\d+)/", page.url)
    assert found
    page.goto(f"{stack.portal_url}/habilitations/dossiers/{found.group(1)}/")
    camera.shoot(page, "resume-depose")
    with page.expect_download() as awaited:
        page.get_by_role("link", name=re.compile("attestation de dépôt")).first.click()
    assert awaited.value.path().read_bytes().startswith(b"%PDF-1.7")
    return found.group(1)


def fill(page: Page) -> None:
    """The deck's own case, but for an error that the instructor will find."""
    page.locator('[name="structure.cares_for_patients"][value="no"]').check()
    page.locator('[name="structure.is_radiology"][value="no"]').check()
    page.locator('[name="representative.quality"][value="legal-representative"]').check()
    texts = {
        "representative.surname": "DUPONT",
        "representative.given_names": "Jean",
        "representative.phone": "01 02 03 04 05",
        "representative.email": "monmail@sante.fr",
        "representative.card_number": "0102030405",
        "use.description": "Connexion au DMP",
        "use.editor": "ASN",
        "use.solution": "Esante WebModule",
    }
    for name, text in texts.items():
        page.locator(f'[name="{name}"]').fill(text)
    row = {
        "card_number": "0203040506",
        "name": "Jeanne CHARLES",
        "phone": "0102030405",
        "email": "monemaildadmin@sante.fr",
    }
    for name, text in row.items():
        page.locator(f'[name^="administrators."][name$=".{name}"]').first.fill(text)
    for box in ("types.org", "terms", "accuracy"):
        page.locator(f'[name="{box}"][type=checkbox]').check()


def ask_correction(page: Page, dossier: str, camera: Camera) -> None:
    page.goto(dossier.rsplit("/", 2)[0] + "/")
    camera.shoot(page, "instruction-liste")
    page.goto(dossier)
    expect(page.get_by_text("Jeanne CHARLES").first).to_be_visible()
    camera.shoot(page, "instruction-dossier")
    page.get_by_role("button", name="Prendre en instruction").click()
    expect(page.get_by_text("En instruction").first).to_be_visible()
    page.goto(dossier + "correction/")
    for fold in page.locator("main details:not([open]) > summary").all()[::-1]:
        fold.click()
    page.locator('[name="field.use.editor"]').check()
    page.locator('[name="comment.use.editor"]').fill("L’éditeur s’écrit ANS.")
    camera.shoot(page, "instruction-correction")
    page.get_by_role("button", name="Demander la correction").click()
    expect(page.get_by_text("En construction").first).to_be_visible()


def correct(page: Page, stack: Stack, number: str, camera: Camera) -> None:
    page.goto(f"{stack.portal_url}/habilitations/dossiers/{number}/")
    expect(page.get_by_text("L’éditeur s’écrit ANS.").first).to_be_visible()
    camera.shoot(page, "correction-demandee")
    page.goto(f"{stack.portal_url}/habilitations/dossiers/{number}/formulaire/")
    page.locator('[name="use.editor"]').fill("ANS")
    expect(page.get_by_text(re.compile("enregistré à"))).to_be_visible()
    camera.shoot(page, "correction-faite")
    page.get_by_role("button", name=re.compile("Déposer les modifications")).first.click()
    page.goto(f"{stack.portal_url}/habilitations/dossiers/{number}/messagerie/")
    expect(page.get_by_text("Email automatique").first).to_be_visible()
    camera.shoot(page, "messagerie")


def accept(page: Page, dossier: str, camera: Camera) -> None:
    page.goto(dossier)
    expect(page.get_by_text("ANS", exact=True).first).to_be_visible()
    page.get_by_role("button", name=re.compile("Prendre")).first.click()
    page.goto(dossier + "accepter/")
    camera.shoot(page, "instruction-accepter")
    page.get_by_role("button", name="Voir ce qui se passera").click()
    camera.shoot(page, "instruction-confirmer")
    page.get_by_role("button", name="Confirmer la décision").click()
    expect(page.get_by_text("Accepté").first).to_be_visible()
    camera.shoot(page, "instruction-accepte")


def told_and_held(page: Page, stack: Stack, number: str, camera: Camera) -> None:
    page.goto(f"{stack.portal_url}/habilitations/dossiers/{number}/")
    expect(page.get_by_text("Accepté").first).to_be_visible()
    camera.shoot(page, "resume-accepte")
    page.goto(f"{stack.portal_url}/habilitations/structures/{AGENCY}/")
    expect(page.get_by_role("link", name=re.compile(number)).first).to_be_visible()
    camera.shoot(page, "structure")
    page.goto(stack.portal_url + "/courriers/")
    expect(
        page.get_by_text(re.compile("vous pouvez commander", re.IGNORECASE)).first
    ).to_be_visible()


def order(page: Page, stack: Stack, camera: Camera) -> None:
    page.goto(stack.portal_url + "/produits/demander/")
    page.get_by_label(re.compile(r"ORG —")).check()
    page.get_by_label(re.compile("AGENCE DU NUMERIQUE EN SANTE")).check()
    page.get_by_role("button", name="Suivant").click()
    page.get_by_role("button", name=re.compile("nouveau produit", re.IGNORECASE)).click()
    page.get_by_label(re.compile(r"AUTH_CLI —")).check()
    page.get_by_label(re.compile("Service applicatif")).fill("webmodule")
    page.get_by_label(re.compile("Email de l’acteur")).fill("jeanne.charles@sante.test")
    camera.shoot(page, "jeanne-demande")
    page.get_by_role("button", name="Suivant").click()
    page.get_by_label(re.compile("Vous avez déjà réalisé votre CSR")).click()
    page.locator("input[type=file]").set_input_files(
        {"name": "demande.csr", "mimeType": "application/pkcs10", "buffer": fresh_csr()}
    )
    page.get_by_role("button", name=re.compile("Finaliser")).click()
    expect(page.get_by_text("a bien été prise en compte")).to_be_visible()
    camera.shoot(page, "jeanne-demande-envoyee")


def fresh_csr() -> bytes:
    """A request of Jeanne's own making, PEM; whatever name it states is not looked at."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return request.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)

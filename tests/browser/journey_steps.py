"""The main job in the browser, by card: the steps that a test and the tour share."""

import re
import subprocess
import time
from pathlib import Path

from playwright.sync_api import Page, expect

from browser.conftest import Camera
from kit.stack import Stack

REFUSED_WITHIN_S = 10
REVOCATION_CODE = "agrafe-correcte-2026"
REQUEST = [
    "openssl",
    "req",
    "-new",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-sha256",
    "-subj",
    "/CN=ignore",
]
VERIFY = ["openssl", "verify", "-x509_strict"]


def make_csr(folder: Path) -> tuple[Path, Path]:
    key, csr = folder / "cle.pem", folder / "demande.csr"
    subprocess.run(
        [*REQUEST, "-keyout", key, "-out", csr],
        check=True,
        capture_output=True,
    )
    return key, csr


def log_in(page: Page, stack: Stack, camera: Camera) -> None:
    page.goto(stack.portal_url + "/connexion/")
    camera.shoot(page, "connexion")
    page.get_by_role("link", name="Se connecter par carte").click()
    expect(page.get_by_text("DIRECTRICE-CH143590001 / SOPHIE").first).to_be_visible()
    camera.shoot(page, "accueil")


def order(page: Page, csr: Path, camera: Camera) -> str:
    page.get_by_role("link", name="Demander", exact=True).first.click()
    page.get_by_label(re.compile(r"ORG —")).check()
    page.get_by_label(re.compile("HOPITAL DES 3 DAMES")).check()
    camera.shoot(page, "etape-1")
    page.get_by_role("button", name="Suivant").click()
    camera.shoot(page, "etape-2")
    page.get_by_role("button", name=re.compile("nouveau produit", re.IGNORECASE)).click()
    page.get_by_label(re.compile(r"AUTH_CLI —")).check()
    page.get_by_label(re.compile("Service applicatif")).fill("Monserviceclient")
    page.get_by_label(re.compile("Email de l’acteur")).fill("liste@hopital-3-dames.test")
    camera.shoot(page, "etape-3")
    page.get_by_role("button", name="Suivant").click()
    page.get_by_label(re.compile("déjà réalisé votre CSR")).click()
    page.locator("input[type=file]").set_input_files(csr)
    camera.shoot(page, "etape-4")
    page.get_by_role("button", name=re.compile("Finaliser")).click()
    expect(page.get_by_text("a bien été prise en compte")).to_be_visible()
    camera.shoot(page, "finalisation")
    said = page.get_by_text("a bien été prise en compte").inner_text()
    found = re.search(r"numéro\s+([\d\s]+?)\s+a bien", said)
    assert found, said
    return re.sub(r"\s", "", found.group(1))


def withdraw(page: Page, number: str, camera: Camera) -> str:
    link = page.get_by_role("link", name=re.compile("Retirer")).last
    expect(link).to_be_visible(timeout=15_000)
    base = re.sub(r"/produits/.*", "", page.url)
    page.goto(f"{base}/produits/retirer/{number}/")
    codes = page.locator("input[type=password]")
    expect(codes).to_have_count(2, timeout=15_000)
    for index in range(2):
        codes.nth(index).fill(REVOCATION_CODE)
    for box in page.locator("input[type=checkbox]").all():
        box.check()
    camera.shoot(page, "retrait")
    page.get_by_role("button", name=re.compile("Retirer")).last.click()
    page.wait_for_url(re.compile(r"/produits/suivre/parc/\d+/"))
    camera.shoot(page, "produit")
    found = re.search(r"/parc/(\d+)/", page.url)
    assert found
    return found.group(1)


def download(page: Page, stack: Stack, product: str, folder: Path) -> Path:
    with page.expect_download() as awaited:
        page.get_by_role("link", name=re.compile("PEM")).first.click()
    target = folder / "certificat.pem"
    awaited.value.save_as(target)
    judged = subprocess.run(
        [*VERIFY, "-CAfile", stack.root, "-untrusted", stack.root.parent / "chain.pem", target],
        capture_output=True,
        text=True,
        check=False,
    )
    assert judged.returncode == 0, judged.stderr
    return target


def revoke(page: Page, stack: Stack, product: str, camera: Camera) -> None:
    page.goto(f"{stack.portal_url}/produits/revoquer/{product}/")
    page.locator("input[type=radio]").first.check()
    camera.shoot(page, "revocation-motif")
    page.get_by_role("button", name="Suivant").click()
    page.wait_for_url(re.compile("/confirmer/"))
    camera.shoot(page, "revocation-confirmation")
    for box in page.locator("input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name=re.compile("Révoquer")).last.click()
    page.wait_for_url(re.compile(r"/revoquer/\d+/fait/"))
    camera.shoot(page, "revoque")


def refused_soon(bench: Page, stack: Stack) -> None:
    deadline = time.monotonic() + REFUSED_WITHIN_S
    while time.monotonic() < deadline:
        answer = bench.goto(stack.bench_url + "/?format=html")
        if answer and answer.status == 403:
            return
        time.sleep(0.3)
    raise AssertionError("the bench still accepts a revoked certificate")

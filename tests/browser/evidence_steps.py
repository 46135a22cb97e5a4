"""The evidence file of a product: downloaded, verified in the page, altered, refused."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, expect

from browser.conftest import Camera
from kit.evidence import flipped
from kit.stack import Stack

INTEGRATED_WITHIN_S = 30


def evidence_holds(page: Page, stack: Stack, product: str, folder: Path, camera: Camera) -> None:
    """The page and guichet-verify say the same of the file, and of the file once altered."""
    file = _downloaded(page, stack, product, folder)
    page.get_by_role("link", name="Vérifier un dossier de preuve").click()
    _choose(page, file)
    expect(page.get_by_text("Ce dossier de preuve tient")).to_be_visible()
    expect(page.locator("[data-level=bad]")).to_have_count(0)
    expect(page.locator("[data-part=verdict]")).to_be_focused()
    camera.shoot(page, "preuve-tient")
    assert _command(file) == 0

    content = json.loads(file.read_text())
    order = content["documents"]["order"]
    content["documents"]["order"] = flipped(order, order.index("Monservice"))
    changed = folder / "changee.json"
    changed.write_text(json.dumps(content))
    _choose(page, changed)
    expect(page.get_by_text("Ce dossier de preuve est refusé")).to_be_visible()
    expect(page.locator("[data-level=bad]").first).to_contain_text("a été changé")
    camera.shoot(page, "preuve-refusee")
    assert _command(changed) == 1


def _downloaded(page: Page, stack: Stack, product: str, folder: Path) -> Path:
    """From the product's journal, once the published log holds it."""
    address = f"{stack.portal_url}/produits/suivre/parc/{product}/"
    deadline = time.monotonic() + INTEGRATED_WITHIN_S
    while page.request.get(f"{address}preuve.json").status != 200:
        assert time.monotonic() < deadline, "the published log does not follow the journal"
        page.wait_for_timeout(300)
    page.goto(f"{address}journal/")
    with page.expect_download() as awaited:
        page.get_by_role("link", name="Télécharger le dossier de preuve").click()
    assert re.match(r"preuve-\d+", awaited.value.suggested_filename)
    file = folder / "preuve.json"
    awaited.value.save_as(file)
    return file


def _choose(page: Page, file: Path) -> None:
    page.get_by_label("Dossier de preuve (JSON)").set_input_files(file)


def _command(file: Path) -> int:
    source = Path(__file__).parents[2] / "verify" / "src"
    command = [sys.executable, "-m", "guichet_verify", str(file)]
    return subprocess.run(command, cwd=source, capture_output=True, check=False).returncode

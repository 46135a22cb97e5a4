"""Debian's Chromium, contexts that answer with a card, and what screenshots are taken by."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
# As long as pages are waited for: other workers may have the machine to themselves meanwhile.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


def context_with(browser: Browser, origin: str, certificate: Path, key: Path) -> BrowserContext:
    """A context that answers one origin's certificate request, as a card in its reader does."""
    offered = {"origin": origin, "certPath": str(certificate), "keyPath": str(key)}
    return browser.new_context(
        client_certificates=[offered],  # type: ignore[list-item]
        ignore_https_errors=True,
        locale="fr-FR",
    )


class Camera:
    """What steps are shot by: here no picture is taken, nobody would look; the tour takes them."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`, if any, is made."""
        if folder:
            folder.mkdir(parents=True, exist_ok=True)

    def shoot(self, page: Page, name: str) -> None:
        """Keep the page as it is now, under this name."""

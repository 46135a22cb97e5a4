"""The main job in Debian's Chromium, by card: order, withdraw, bench, revoke, bench refuses."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import Camera, context_with
from browser.evidence_steps import evidence_holds
from browser.journey_steps import (
    download,
    log_in,
    make_csr,
    order,
    refused_soon,
    revoke,
    withdraw,
)
from kit.stack import Stack

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    cards = stack.state / "demo" / "cards"
    context = context_with(browser, stack.card_url, cards / "sophie.crt", cards / "sophie.key")
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    violations: list[str] = []
    opened.on("console", lambda m: violations.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda error: violations.append(str(error)))
    yield opened
    context.close()
    assert violations == []


def test_order_withdraw_use_revoke(
    page: Page, browser: Browser, stack: Stack, tmp_path: Path
) -> None:
    camera = Camera()
    key, csr = make_csr(tmp_path)
    log_in(page, stack, camera)
    number = order(page, csr, camera)
    product = withdraw(page, number, camera)
    certificate = download(page, stack, product, tmp_path)
    evidence_holds(page, stack, product, tmp_path, camera)

    bench = context_with(browser, stack.bench_url, certificate, key).new_page()
    assert bench.goto(stack.bench_url + "/?format=html").status == 200  # type: ignore[union-attr]
    expect(bench.get_by_text("Certificat accepté")).to_be_visible()
    camera.shoot(bench, "banc-accepte")

    revoke(page, stack, product, camera)
    refused_soon(bench, stack)
    expect(bench.get_by_text("Certificat révoqué").first).to_be_visible()
    camera.shoot(bench, "banc-refuse")

    page.goto(stack.portal_url + "/courriers/")
    expect(page.get_by_text("révoqué").first).to_be_visible()
    camera.shoot(page, "courriers")

"""F413 in Debian's Chromium: the deck's case from SIRET to an order, with a correction between."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from browser.conftest import Camera
from browser.habilitation_steps import Desk, from_a_siret_to_an_order
from kit.stack import Stack

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(browser: Browser, stack: Stack) -> Iterator[Desk]:
    opened = Desk(browser, stack)
    yield opened
    opened.close()
    assert opened.violations == []


def test_from_a_siret_to_an_order(desk: Desk, stack: Stack) -> None:
    """The steps of docs/tutorials/habilitation.md, each by the person whose it is."""
    from_a_siret_to_an_order(desk, stack, Camera())

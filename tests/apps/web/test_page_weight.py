"""What the pages make a browser fetch: little, once, and nothing that holds drawing back (P8)."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

BASE = "web/base.html"
STATIC = settings.PACKAGE / "web" / "static"
PARENT = re.compile(r'{% (?:extends|include) "([^"]+)"')
ASSET = re.compile(r'{% asset "([^"]+\.(?:js|css))"')
SCRIPT = re.compile(r"<script\b[^>]*>")
# Fetched once somebody types a passphrase, by who makes a key alone.
ON_DEMAND = {"build/strength.js"}
PAGE_AT_MOST = 250_000
KEYS_AT_MOST = 200_000


def _templates() -> Mapping[str, str]:
    folders = settings.PACKAGE.glob("*/templates")
    return {
        str(file.relative_to(folder)): file.read_text()
        for folder in folders
        for file in folder.rglob("*.html")
    }


TEMPLATES = _templates()


@cache
def reached(name: str) -> frozenset[str]:
    """A template, what it extends and includes, and so on."""
    found, waiting = set(), [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += PARENT.findall(TEMPLATES.get(one, ""))
    return frozenset(found)


@cache
def weight(asset: str) -> int:
    """Octets, gzipped."""
    return len(gzip.compress(Path(STATIC, asset).read_bytes()))


PAGES = sorted(name for name in TEMPLATES if BASE in reached(name))


def test_there_are_pages() -> None:
    assert len(PAGES) > 150


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fetches_no_more_than_it_may(name: str) -> None:
    """Whatever parts it includes; nothing is fetched while drawing waits."""
    whole = "".join(TEMPLATES.get(one, "") for one in reached(name))
    assets = set(ASSET.findall(whole)) - ON_DEMAND
    assert {"build/guichet.css", "build/guichet.js"} <= assets
    of_keys = {one for one in assets if one.endswith(("/keys.js", "/worker.js"))}
    assert sum(map(weight, of_keys)) <= KEYS_AT_MOST
    assert sum(map(weight, assets - {"build/worker.js"})) <= PAGE_AT_MOST
    for script in SCRIPT.findall(whole):
        assert 'type="module"' in script or 'type="application/json"' in script, script

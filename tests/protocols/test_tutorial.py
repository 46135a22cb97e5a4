"""The tutorials' very text, run block after block against the real processes."""

import subprocess
from pathlib import Path
from typing import Final

import pytest

from kit.documents import DOCS, ROOT, blocks, run_by
from kit.stack import Stack

THIS: Final = "tests/protocols/test_tutorial.py::test_tutorial"
TUTORIALS: Final = {
    page.stem: page for page in sorted((DOCS / "tutorials").glob("*.md")) if run_by(page, THIS)
}
# What openssl says, which the page leaves to be discovered.
SEEN: Final = {
    "premier-certificat": (
        "subject=C=FR, ST=Paris (75), O=HOPITAL DES 3 DAMES, OU=10B0135356",
        "service.pem: OK",
        ": revoked",
    )
}
SECONDS: Final = 180


def shown(page: Path) -> list[str]:
    """What the tutorial promises that the reader will see."""
    return [block.text for block in blocks(page) if block.language == "text"]


@pytest.mark.stack
@pytest.mark.parametrize("name", TUTORIALS)
def test_tutorial(stack: Stack, name: str) -> None:
    """Each ends well, and shows what it says: with what a newcomer's machine has alone."""
    page = TUTORIALS[name]
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", run_by(page, THIS)],
        cwd=ROOT,
        env=stack.env,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    said += said.replace(" = ", "=")  # as OpenSSL 3.0 spaces names, and as later ones do
    assert [text for text in (*shown(page), *SEEN.get(name, ())) if text not in said] == []


def test_every_block_is_either_run_or_shown() -> None:
    """Nothing else stands in a fence: the reader could not tell."""
    assert set(TUTORIALS) >= {
        "premier-certificat",
        "pro-sante-connect",
        "renouvellement-automatique",
    }
    kinds = {block.language for page in TUTORIALS.values() for block in blocks(page)}
    assert kinds == {"sh", "text"}

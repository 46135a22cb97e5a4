"""The tutorial's very text, run block after block against the real processes."""

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from kit.stack import Stack

REPOSITORY: Final = Path(__file__).resolve().parents[2]
TUTORIAL: Final = REPOSITORY / "docs" / "tutorials" / "premier-certificat.md"
BLOCK: Final = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS: Final = 180


def script() -> str:
    """Every executable block of the tutorial, in order."""
    blocks = BLOCK.findall(TUTORIAL.read_text())
    assert len(blocks) >= 10
    return "\n".join(blocks)


def shown_answers() -> list[str]:
    """What the tutorial promises that the reader will see."""
    answers = re.findall(r"^```text\n(.*?)^```$", TUTORIAL.read_text(), re.MULTILINE | re.DOTALL)
    assert len(answers) == 2
    return answers


@pytest.mark.stack
def test_first_certificate(stack: Stack) -> None:
    """Order, withdraw, verify, use, revoke, see it refused: with curl and openssl alone."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script()],
        cwd=REPOSITORY,
        env=stack.env,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "subject=C = FR, ST = Paris (75), O = HOPITAL DES 3 DAMES, OU = 10B0135356" in said
    assert "service.pem: OK" in said
    for shown in shown_answers():
        assert shown in done.stdout
    assert ": revoked" in said


def test_every_block_is_either_run_or_shown() -> None:
    """A fence without a language is neither: the reader could not tell."""
    fences = re.findall(r"^```(.*)$", TUTORIAL.read_text(), re.MULTILINE)
    assert set(fences[::2]) <= {"sh", "text"}
    assert set(fences[1::2]) == {""}

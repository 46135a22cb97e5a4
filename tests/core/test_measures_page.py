"""docs/reference/mesures.md: what it names exists, and each part is one that `make bench` has."""

import re
from pathlib import Path

import pytest

from benchmarks.__main__ import PARTS

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
BENCH = re.compile(r"`make bench PARTS=\"?([\w ]+)\"?`")
PAGES = [ROOT / "docs" / folder / "reference" / "mesures.md" for folder in ("", "en")]


@pytest.mark.parametrize("page", PAGES, ids=["fr", "en"])
def test_what_it_names_exists(page: Path) -> None:
    named = NAMED.findall(page.read_text())
    assert named
    assert [one for one in named if not exists(*one)] == []


@pytest.mark.parametrize("page", PAGES, ids=["fr", "en"])
def test_its_commands_are_those_of_the_benchmarks(page: Path) -> None:
    asked = {part for parts in BENCH.findall(page.read_text()) for part in parts.split()}
    assert asked
    assert asked <= set(PARTS)


def exists(path: str, name: str) -> bool:
    """Whether the file is there, and defines that test if one is named."""
    file = ROOT / path
    return file.is_file() and (not name or f"def {name}(" in file.read_text())

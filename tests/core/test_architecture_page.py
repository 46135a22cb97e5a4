"""docs/architecture.md in both languages: its picture and its lists are the code's."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from kit import architecture

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs/architecture.md", ROOT / "docs/en/architecture.md"]
NAMED = re.compile(r"`((?:src|tests)/[\w./-]+)(?:::(\w+))?`")
ROW = re.compile(r"^\| `([\w -]+)` \|(?: `(guichet [\w ]+)` \|)?", re.M)
UNITS = ROOT / "deploy/systemd/units"


@cache
def names_of(path: Path) -> frozenset[str]:
    """What a module defines."""
    body = ast.parse(path.read_text()).body
    defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return frozenset(node.name for node in body if isinstance(node, defined))


def test_picture_is_drawn_from_the_code() -> None:
    """Drawn again by `PYTHONPATH=tests python -m kit.architecture`."""
    assert architecture.PICTURE.read_text() == architecture.picture()


@pytest.mark.parametrize("page", PAGES, ids=["fr", "en"])
def test_lists_and_names_are_those_of_the_code(page: Path) -> None:
    """Packages in the order of the contract, each unit with its verb; files and names exist."""
    text = page.read_text()
    rows = ROW.findall(text)
    layered = [name for layer in architecture.layers() for name in layer]
    assert [name for name, command in rows if not command] == layered
    units = {unit.stem: unit.read_text() for unit in UNITS.glob("*.service")}
    commands = {name: command for name, command in rows if command}
    assert commands.keys() == units.keys()
    assert all(f"/{commands[name]}" in unit for name, unit in units.items())
    named = NAMED.findall(text)
    assert len(named) > 40
    assert not [p for p, name in named if name and name not in names_of(ROOT / p)]
    assert not [p for p, _ in named if not (ROOT / p).exists()]


def test_both_languages_walk_the_same_way() -> None:
    """Each file is named in the same order."""
    french, english = (NAMED.findall(page.read_text()) for page in PAGES)
    assert french == english

"""What docs/ tells readers to type is run by a test."""

import ast
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from browser.tour_words import KEPT
from kit.documents import DOCS, ROOT, Block, blocks, pages

PICTURES = DOCS / "screenshots"
SHOWN = re.compile(r"!\[[^\]]*\]\(([^)]+)\)|<img[^>]+src=\"([^\"]+)\"")
PICTURE_KB = 120
TAKEN_AT_LEAST = 15
LISTED = re.compile(r"^ *(?:[-*]|\d+\.) ", re.MULTILINE)
BOLD = re.compile(r"\*\*([^*]+)\*\*")


def shell_blocks() -> list[Block]:
    return [block for page in pages() for block in blocks(page) if block.is_for_a_shell]


def test_each_shell_block_is_run() -> None:
    """What no test can run is told in words: a page prints no such command."""
    assert [block.place for block in shell_blocks() if not block.executed_by] == []


def test_code_stands_in_fences() -> None:
    """An indented block has neither language nor mark."""
    assert [found for page in pages() for found in indented(page)] == []


def indented(page: Path) -> list[str]:
    """Lines that Markdown shows as code though no fence is around them."""
    prose = re.sub(r"^ *```.*?^ *```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    paragraphs = prose.split("\n\n")
    return [
        f"{page.name}: {here}"
        for before, here in pairwise(paragraphs)
        if here.startswith("    ") and not LISTED.search(before)
    ]


def test_what_is_named_as_running_them_is_a_test() -> None:
    named = {block.executed_by for block in shell_blocks() if block.executed_by}
    assert named
    assert {test for test in named if not is_a_test(*test.split("::"))} == set()


def test_a_test_that_takes_its_blocks_from_pages_names_each() -> None:
    """A mark by hand that names another test than the one that reads the page runs nothing."""
    marked = {
        (name, block.executed_by.partition("::")[0])
        for block in shell_blocks()
        if block.executed_by and "en" not in (name := block.page.relative_to(DOCS)).parts
    }
    taking = {
        (name, text)
        for name, path in marked
        if "commands.told(" in (text := (ROOT / path).read_text())
    }
    assert len(taking) > TAKEN_AT_LEAST
    assert {name for name, text in taking if f'"{name.with_suffix("")}"' not in text} == set()


@cache
def is_a_test(path: str, name: str) -> bool:
    tree = ast.parse((ROOT / path).read_text())
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body)


def pictures(page: Path) -> set[Path]:
    """Those of this repository that a page shows."""
    found = {a or b for a, b in SHOWN.findall(page.read_text())}
    return {(page.parent / name).resolve() for name in found if "://" not in name}


def test_pictures_exist_and_each_is_shown() -> None:
    shown = {picture for page in (*pages(), ROOT / "README.md") for picture in pictures(page)}
    assert {picture for picture in shown if not picture.exists()} == set()
    kept = {path for path in PICTURES.iterdir() if path.suffix in {".png", ".webp"}}
    assert kept - shown == set()
    assert {path.stem for path in kept} == KEPT.keys(), (
        "each is one that `make demo-tour` makes anew"
    )
    assert [path.name for path in kept if path.stat().st_size > PICTURE_KB * 1024] == []


@pytest.mark.parametrize(
    "tutorial", sorted((DOCS / "tutorials").glob("*.md")), ids=lambda p: p.stem
)
def test_what_a_tutorial_has_one_click_is_written_on_the_screens(tutorial: Path) -> None:
    """Bold words of the French tutorials are labels of the product, to the letter."""
    named = set(BOLD.findall(tutorial.read_text()))
    sources = "\n".join(path.read_text() for path in SCREENS)
    assert {label for label in named if label not in sources} == set()


SCREENS = [
    path
    for suffix in ("html", "py", "toml", "ts")
    for path in (ROOT / "src" / "guichet").rglob(f"*.{suffix}")
    if "static" not in path.parts
]

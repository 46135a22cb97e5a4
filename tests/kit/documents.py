"""Pages of docs/: their blocks that a shell reads, and what the page says of each.

A line `<!-- executed: tests/…::test -->` names the test that runs the blocks after it, until the
next such line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = ROOT / "docs"
SHELLS: Final = frozenset({"", "sh", "bash", "console", "shell"})
EXECUTED: Final = re.compile(r"<!-- executed: (\S+) -->$")
FENCE: Final = re.compile(r" *```(\S*)(.*)$")


@dataclass(frozen=True)
class Block:
    """A fenced block: where its fence stands, and the test that the mark before it names.

    `language` is "" for a fence without one; `words` are those after it.
    """

    page: Path
    line: int
    language: str
    words: str
    text: str
    executed_by: str = ""

    @property
    def place(self) -> str:
        """Page and line, as an editor opens them."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def is_for_a_shell(self) -> bool:
        """Whether a reader would paste it into one: a fence without a language is such a block."""
        return self.language in SHELLS


def pages() -> list[Path]:
    """Every page of both languages, less the decisions, which nobody follows."""
    found = sorted(DOCS.rglob("*.md"))
    return [page for page in found if "adr" not in page.parts]


def blocks(page: Path) -> list[Block]:
    """All fenced blocks of a page, in order."""
    found: list[Block] = []
    executed_by = ""
    lines = enumerate(page.read_text().splitlines(), start=1)
    for number, line in lines:
        if named := EXECUTED.match(line.strip()):
            executed_by = named[1]
        elif opened := FENCE.match(line):
            text = "".join(_within(lines))
            found.append(Block(page, number, opened[1], opened[2].strip(), text, executed_by))
    return found


def _within(lines: Iterator[tuple[int, str]]) -> Iterator[str]:
    """Lines up to the closing fence."""
    for _number, line in lines:
        if line.strip() == "```":
            return
        yield line + "\n"


def run_by(page: Path, test: str) -> str:
    """What a page gives that test to run, as one script."""
    return "\n".join(
        block.text for block in blocks(page) if block.is_for_a_shell and block.executed_by == test
    )

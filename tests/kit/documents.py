"""Pages of docs/: their blocks that a shell reads, and what the page says of each.

A line `<!-- executed: tests/…::test -->` names the test that runs the blocks after it; a line of
NOT_RUN tells readers why those after it are not run, and AGAIN that this is so of others. Each
holds until the next.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = ROOT / "docs"
SHELLS: Final = frozenset({"", "sh", "bash", "console", "shell"})
NOT_RUN: Final = ("> **Non exécuté ici.**", "> **Not run here.**")
AGAIN: Final = "<!-- not executed -->"
EXECUTED: Final = re.compile(r"<!-- executed: (\S+) -->$")
FENCE: Final = re.compile(r" *```(\S*)(.*)$")


@dataclass(frozen=True)
class Block:
    """A fenced block: where its fence stands, and the mark before it.

    `language` is "" for a fence without one; `words` are those after it. One at most of
    `executed_by` (a test) and `reason` (why no test runs it) is told.
    """

    page: Path
    line: int
    language: str
    words: str
    text: str
    executed_by: str = ""
    reason: str = ""

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
    executed_by = reason = told = ""
    lines = enumerate(page.read_text().splitlines(), start=1)
    for number, line in lines:
        if named := EXECUTED.match(line.strip()):
            executed_by, reason = named[1], ""
        elif line.strip().startswith(NOT_RUN):
            told = line.strip().partition("**")[2].partition("**")[2].strip()
            executed_by, reason = "", told
        elif line.strip() == AGAIN:
            executed_by, reason = "", told
        elif opened := FENCE.match(line):
            text = "".join(_within(lines))
            found.append(
                Block(page, number, opened[1], opened[2].strip(), text, executed_by, reason)
            )
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

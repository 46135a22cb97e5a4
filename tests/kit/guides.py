"""Guides of docs/how-to read as programs: their code blocks, by what the reader does with them.

The word after a fence's language says it: `file=NAME` is a file to write, `run` is a command that
ends, `start` one that stays, `shown` is what the command before it prints. A guide without such
words says that nothing of it is run, in a line that begins with NOT_RUN.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HOW_TO: Final = Path(__file__).resolve().parents[2] / "docs" / "how-to"
NOT_RUN: Final = "> **Non exécuté ici.**"
MARKS: Final = frozenset({"file", "run", "start", "shown"})
FENCE: Final = re.compile(r"^```(\S*)(?: (\w+)(?:=(\S+))?)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One code block; `name` is that of a file."""

    language: str
    mark: str
    name: str
    text: str


@dataclass(frozen=True)
class Guide:
    """One guide of mutual authentication."""

    path: Path

    @property
    def is_run(self) -> bool:
        """Whether it is, by its own account."""
        return NOT_RUN not in self.path.read_text()

    def blocks(self) -> list[Block]:
        """In order."""
        found = FENCE.findall(self.path.read_text())
        return [Block(language, mark, name, text) for language, mark, name, text in found]


def guides() -> dict[str, Guide]:
    """Those of mutual authentication, by name: mtls-nginx.md is "nginx"."""
    return {path.stem.removeprefix("mtls-"): Guide(path) for path in HOW_TO.glob("mtls-*.md")}


def placed(text: str, values: Mapping[str, str]) -> str:
    """A block with the names of the guide replaced by those of the machine, longest first."""
    names = sorted(values, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, names)) or "(?!)")
    return pattern.sub(lambda found: values[found[0]], text)

"""English pages of docs/ name the same files, tests, states and codes as the French ones."""

import re
from collections import Counter
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
KINDS: Final = ("how-to", "reference", "explanation")
FENCED: Final = re.compile(r"^( *)```.*?^\1```$", re.M | re.S)
# Names of this repository, codes and states: what is no word of a language, nor a placeholder.
NAMED: Final = re.compile(
    r"`((?:src|tests|docs|deploy|frontend|verify|domain)/[^`<>]+|[a-z]+(?:[-_][a-z]+)+)`"
)


def told(page: Path) -> tuple[Counter[str], int]:
    """What the prose of a page names, and how many lines its tables have."""
    prose = FENCED.sub("", page.read_text())
    return Counter(NAMED.findall(prose)), len(re.findall(r"^\|", prose, re.M))


def test_both_languages_tell_the_same() -> None:
    french = [page for kind in KINDS for page in sorted((DOCS / kind).glob("*.md"))]
    assert len(french) > 50
    english = {page: DOCS / "en" / page.relative_to(DOCS) for page in french}
    assert [str(here) for here, there in english.items() if told(here) != told(there)] == []


def test_both_languages_hold_the_same_requirements() -> None:
    """docs/explanation/security.md: the same state for each requirement of the ASVS."""
    row = re.compile(r"^\| (\d+\.\d+\.\d+) \| [12] \| ([a-z ]+) \|", re.M)
    french = row.findall((DOCS / "explanation/security.md").read_text())
    english = row.findall((DOCS / "en/explanation/security.md").read_text())
    words = {"tient": "holds", "sans objet": "not applicable", "ne tient pas": "does not hold"}
    assert [(number, words[state]) for number, state in french] == english
